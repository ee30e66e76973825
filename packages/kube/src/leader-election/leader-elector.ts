import { isAlreadyExists, isConflict, isNotFound } from '../client/kube-errors.ts';
import { leases } from '../resource-type.ts';
import type { Lease } from '../types.ts';
import { waitFor, within } from './leader-clock.ts';
import { durationMsOf, holderOf, newLease, takenLease, transitionsOf } from './leader-lease.ts';
import { Leadership, type LeadershipOptions, renewal } from './leadership.ts';

export interface LeaderElectorOptions extends LeadershipOptions {
  /** Another process leads, for as long as it is heard of. Told once for each. */
  onWaiting?(holder: string): void;
}

/**
 * Lets one of several processes lead, by a Lease, as client-go's leader election does: its holder renews it every 2 s; who sees no change
 * in it for its duration, by its own clock, takes it. Clocks of different machines are never compared.
 */
export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  #seen: { readonly record: string; readonly transitions: number; readonly at: number } | undefined;
  #told: string | undefined;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
  }

  /** Waits for its turn, however long the API does not answer or another leads. @throws the signal's reason when aborted */
  async acquire(signal: AbortSignal): Promise<Leadership> {
    const { clock, onTrouble } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      try {
        const leadership = await within(
          renewal.deadlineMs,
          signal,
          clock,
          async (limit) => await this.#tryToAcquire(limit),
        );
        if (leadership !== undefined) return leadership;
      } catch (error) {
        const isOutrun = isConflict(error) || isAlreadyExists(error);
        if (!signal.aborted && !isOutrun) onTrouble?.(error);
      }
      await waitFor(renewal.retryPeriodMs * (1 + 0.2 * clock.random()), signal, clock);
    }
  }

  async #tryToAcquire(signal: AbortSignal): Promise<Leadership | undefined> {
    const { client, path, identity, clock } = this.#options;
    const lease = await client.get(leases, path, { signal }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (lease !== undefined && this.#isHeld(lease)) return undefined;
    const sentAt = clock.now();
    const turn = { identity, now: clock.date() };
    const taken =
      lease === undefined
        ? await client.create(leases, path, newLease(path, turn, this.#seen?.transitions ?? 0), { signal })
        : await client.replace(leases, path, takenLease(lease, turn), { signal });
    return new Leadership(this.#options, taken, sentAt);
  }

  /** Whether another leads that has been heard of lately. */
  #isHeld(lease: Lease): boolean {
    const { clock, onWaiting } = this.#options;
    const record = JSON.stringify(lease.spec ?? {});
    if (this.#seen?.record !== record) this.#seen = { record, transitions: transitionsOf(lease), at: clock.now() };
    const holder = holderOf(lease);
    if (holder === '' || clock.now() >= this.#seen.at + durationMsOf(lease)) return false;
    if (this.#told !== holder) onWaiting?.(holder);
    this.#told = holder;
    return true;
  }
}
