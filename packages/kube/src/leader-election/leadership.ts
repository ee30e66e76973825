import type { KubeClient } from '../client/kube-client.ts';
import { isConflict, isNotFound } from '../client/kube-errors.ts';
import { leases } from '../resource-type.ts';
import type { Lease } from '../types.ts';
import { type LeaderClock, waitFor, within } from './leader-clock.ts';
import { holderOf, newLease, releasedLease, renewedLease, transitionsOf } from './leader-lease.ts';

export interface LeadershipOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'replace'>;
  readonly path: { readonly namespace: string; readonly name: string };
  readonly identity: string;
  readonly clock: LeaderClock;
  /** Told of renewals that failed and are tried again. */
  onTrouble?(err: unknown): void;
}

/** Renewals are this far apart, and after this long without one the leader gives up, before another may take its place. As client-go. */
export const renewal = { retryPeriodMs: 2_000, deadlineMs: 10_000 };
/** A leader that leaves does not wait longer than this for its word to arrive. */
const releaseTimeoutMs = 1_000;

/** The process is not the leader any more, or can't know that it is. It must send nothing that a leader sends. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}

/** The time in which this process leads. It ends with the first renewal that is overdue, and never comes back. */
export class Leadership {
  readonly #options: LeadershipOptions;
  /** Of this leader and no other: the Lease's transitions. */
  readonly epoch: number;
  #lease: Lease;
  #renewedAt: number;
  #isOver = false;

  /** @param renewedAt when the request was sent that made this process the leader */
  constructor(options: LeadershipOptions, lease: Lease, renewedAt: number) {
    this.#options = options;
    this.#lease = lease;
    this.#renewedAt = renewedAt;
    this.epoch = transitionsOf(lease);
  }

  /**
   * To be called right before anything is sent that only a leader may send: a process that was stopped learns here that time has passed.
   * @throws LeadershipLostError
   */
  check(): void {
    const ageMs = this.#options.clock.now() - this.#renewedAt;
    if (ageMs >= renewal.deadlineMs) this.#lose(`the Lease was last renewed ${Math.round(ageMs)} ms ago`);
    if (this.#isOver) this.#lose('another process leads');
  }

  /** Renews the Lease until the signal aborts. @throws LeadershipLostError as soon as the leadership is over */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, onTrouble } = this.#options;
    while (!signal.aborted) {
      try {
        await waitFor(renewal.retryPeriodMs, signal, clock);
        this.check();
        const leftMs = this.#renewedAt + renewal.deadlineMs - clock.now();
        await within(leftMs, signal, clock, async (limit) => await this.#renew(limit));
      } catch (error) {
        if (error instanceof LeadershipLostError) throw error;
        if (!signal.aborted) onTrouble?.(error);
      }
      if (!signal.aborted) this.check();
    }
  }

  /** Leaves, so that the next takes over at once; nothing may be sent afterwards. Best effort: never throws. */
  async release(): Promise<void> {
    const { client, path, clock, onTrouble } = this.#options;
    try {
      this.check();
      await within(releaseTimeoutMs, new AbortController().signal, clock, async (limit) => {
        return await client.replace(leases, path, releasedLease(this.#lease, clock.date()), { signal: limit });
      });
    } catch (error) {
      onTrouble?.(error);
    }
    this.#isOver = true;
  }

  /** Ends the leadership, because somebody else has said that it is over. */
  abandon(): void {
    this.#isOver = true;
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { client, path, clock } = this.#options;
    const sentAt = clock.now();
    try {
      this.#lease = await client.replace(leases, path, renewedLease(this.#lease, clock.date()), { signal });
      this.#renewedAt = sentAt;
    } catch (error) {
      if (isNotFound(error)) return await this.#recreate(signal);
      if (!isConflict(error)) throw error;
      this.#lease = await client.get(leases, path, { signal });
      if (holderOf(this.#lease) !== this.#options.identity) this.#lose(`${holderOf(this.#lease) || 'nobody'} has it`);
      await this.#renew(signal);
    }
  }

  /** Somebody deleted it: that changes no leader. */
  async #recreate(signal: AbortSignal): Promise<void> {
    const { client, path, identity, clock } = this.#options;
    const sentAt = clock.now();
    const lease = newLease(path, { identity, now: clock.date() }, 0);
    const spec = { ...lease.spec, leaseTransitions: this.epoch };
    this.#lease = await client.create(leases, path, { ...lease, spec }, { signal });
    this.#renewedAt = sentAt;
  }

  #lose(why: string): never {
    const { namespace, name } = this.#options.path;
    this.#isOver = true;
    throw new LeadershipLostError(`Not the leader any more: Lease ${namespace}/${name}: ${why}`);
  }
}
