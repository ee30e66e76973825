import type { InterLinkError } from '../errors/interlink-error.ts';

/** The header of a request that tells in which epoch its sender leads. */
export const epochHeader = 'interlink-epoch';
/** Why a peer refuses a request whose sender leads no more. */
export const staleEpoch = 'stale_epoch';

/** Keeps one of several processes for the same owner from acting when another has taken its place. */
export interface Fence {
  /** Goes with every request: the leader Lease's `leaseTransitions`. */
  readonly epoch: number;
  /** Called right before a request is written. @throws when nothing may be sent any more */
  check(): void;
  /** The peer has heard of a later epoch. */
  onStale(error: InterLinkError): void;
}
