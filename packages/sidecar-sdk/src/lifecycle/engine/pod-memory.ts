import type { PodReport } from '@interlink/protocol';
import type { Attempt } from '../container-runtime.ts';
import { backOffMs } from '../decide/restart.ts';
import type { AttemptFacts, Problem } from '../facts/pod-facts.ts';
import { PodTasks } from './pod-tasks.ts';

/** What this process does and remembers for one pod. All of it may be lost at any moment. */
export class PodMemory {
  readonly tasks: PodTasks;
  /** Hooks of attempts that this process has started. */
  readonly postStart = new Map<string, AttemptFacts['postStart']>();
  /** Termination messages by attempt. */
  readonly messages = new Map<string, string>();
  /** The newest attempt of each container when it was seen last. */
  readonly seen = new Map<string, Attempt>();
  /** Events that were told, by what they are about. */
  readonly told = new Set<string>();
  isPrepared = false;
  lastReport: PodReport | undefined;
  cancelWake: (() => void) | undefined;
  readonly #problems = new Map<string, Problem & { readonly count: number }>();

  constructor(onTaskEnd: () => void) {
    this.tasks = new PodTasks(onTaskEnd);
  }

  /** @param about a container, or {@link volumes} or {@link sandbox} */
  problemOf(about: string): Problem | undefined {
    return this.#problems.get(about);
  }

  /** Notes a failure and when it may be tried again: after 10 s, doubled with each up to 5 min. */
  noteFailure(about: string, failure: { reason: string; message: string; nowMs: number }): void {
    const { reason, message, nowMs } = failure;
    const count = (this.#problems.get(about)?.count ?? 0) + 1;
    this.#problems.set(about, { reason, message, failedAtMs: nowMs, retryAtMs: nowMs + backOffMs(count), count });
  }

  noteSuccess(about: string): void {
    this.#problems.delete(about);
  }

  /** What was wrong may be right now: everything is tried again at once. */
  hurry(): void {
    for (const [about, problem] of this.#problems) this.#problems.set(about, { ...problem, retryAtMs: 0 });
  }

  /** @returns whether it was not told before */
  tellOnce(key: string): boolean {
    if (this.told.has(key)) return false;
    this.told.add(key);
    return true;
  }
}

/** What {@link PodMemory.problemOf} calls what is no container: no container has such a name. */
export const volumes = '/volumes';
export const sandbox = '/sandbox';
