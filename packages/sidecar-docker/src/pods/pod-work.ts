import type { PodKnowledge, Waiting } from '../report.ts';
import type { PodSnapshot } from '../status/pod-snapshot.ts';
import { backOffMs } from './back-off.ts';

/**
 * What this process does and remembers for one pod: the creation under way, why containers wait, when a failed start may be
 * tried again. All of it may be lost at any moment; the engine and the pod's owner bring back what matters.
 */
export class PodWork implements PodKnowledge {
  readonly problems = new Map<string, Waiting>();
  /** The pod as it was when all had ended, kept while its containers are being removed one after another. */
  lastSnapshot: PodSnapshot | undefined;
  /** The files of a create are still to be written: what is newer has to wait, or it would be overwritten. */
  areVolumesDue = false;
  readonly #cancel = new AbortController();
  readonly #failures = new Map<string, { count: number; retryAt: number }>();
  #creating: Promise<void> | undefined;

  get isBeingCreated(): boolean {
    return this.#creating !== undefined;
  }

  /** Aborts when the pod is to go. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Notes the creation; it must not reject. */
  begin(creation: Promise<void>): void {
    const creating = creation.finally(() => {
      if (this.#creating === creating) this.#creating = undefined;
    });
    this.#creating = creating;
  }

  /** Ends creation, pulls and back-offs; resolves when nothing of this pod is being created any more. */
  async cancel(): Promise<void> {
    this.#cancel.abort();
    await this.#creating;
  }

  /** @returns milliseconds until the next try @param now milliseconds, of a clock that never goes back */
  noteFailure(containerId: string, now: number): number {
    const count = (this.#failures.get(containerId)?.count ?? 0) + 1;
    const waitMs = backOffMs(count);
    this.#failures.set(containerId, { count, retryAt: now + waitMs });
    return waitMs;
  }

  noteSuccess(containerId: string): void {
    this.#failures.delete(containerId);
  }

  isHeldBack(containerId: string, now: number): boolean {
    return (this.#failures.get(containerId)?.retryAt ?? 0) > now;
  }
}
