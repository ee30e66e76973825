import { microTime } from '../micro-time.ts';
import type { Lease } from '../types.ts';

/** How long a leader may be silent, in seconds, before another takes its place. client-go's number. */
export const leaseDurationSeconds = 15;

/** A Lease as it says who leads, in the form of client-go's `resourcelock`, so that replicas of any origin understand it. */
export interface Turn {
  readonly identity: string;
  readonly now: Date;
}

/** Who leads; empty when the last one has left. */
export function holderOf({ spec }: Lease): string {
  return spec?.holderIdentity ?? '';
}

/** How often another has become the leader. */
export function transitionsOf({ spec }: Lease): number {
  return spec?.leaseTransitions ?? 0;
}

/** How long its holder may be silent, in milliseconds. */
export function durationMsOf({ spec }: Lease): number {
  return (spec?.leaseDurationSeconds ?? leaseDurationSeconds) * 1_000;
}

/**
 * A Lease where there was none. Its transitions are not counted from 0 but from the minutes since 1970, or from those seen in the
 * Lease that has gone: whoever remembers the leaders before must take this one for a later one.
 */
export function newLease(
  path: { namespace: string; name: string },
  { identity, now }: Turn,
  seenTransitions: number,
): Lease {
  const minutes = Math.floor(now.getTime() / 60_000);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...path },
    spec: heldBy({ identity, now }, Math.max(seenTransitions + 1, minutes)),
  };
}

/** The Lease as the next leader's. */
export function takenLease(lease: Lease, turn: Turn): Lease {
  return { ...lease, spec: { ...lease.spec, ...heldBy(turn, transitionsOf(lease) + 1) } };
}

/** The Lease with a newer time. */
export function renewedLease(lease: Lease, now: Date): Lease {
  return { ...lease, spec: { ...lease.spec, renewTime: microTime(now) } };
}

/** The Lease as nobody's: the next may take it at once. */
export function releasedLease(lease: Lease, now: Date): Lease {
  const time = microTime(now);
  return {
    ...lease,
    spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time },
  };
}

function heldBy({ identity, now }: Turn, leaseTransitions: number): NonNullable<Lease['spec']> {
  const time = microTime(now);
  return { holderIdentity: identity, leaseDurationSeconds, acquireTime: time, renewTime: time, leaseTransitions };
}
