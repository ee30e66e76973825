import type { PodReport } from '@interlink/protocol';
import type { Clock } from '../clock.ts';
import type { Attempt } from '../container-runtime.ts';
import { backOffMs } from '../decide/restart.ts';
import type { AttemptFacts, Problem } from '../facts/pod-facts.ts';
import { PodTasks } from './pod-tasks.ts';
import { Stopper } from './stopper.ts';

/** What this process does and remembers for one pod. All of it may be lost at any moment. */
export class PodMemory {
  readonly tasks: PodTasks;
  readonly stopper: Stopper;
  /** Of each attempt that this process has started, its hook; `done` also where there is none. */
  readonly postStart = new Map<string, AttemptFacts['postStart']>();
  /** Termination messages by attempt. */
  readonly messages = new Map<string, string>();
  /** The two newest attempts of each container that have begun, newest first, as they were seen last. */
  readonly seen = new Map<string, ReadonlyArray<Attempt>>();
  /** The newest attempt of each container that went without anybody here removing it. */
  readonly lost = new Map<string, Attempt>();
  /** Attempts that were ever probed, by their ids, for as long as they are there. */
  readonly watched = new Map<string, Attempt>();
  isPrepared = false;
  /** Somebody was told that the pod is there: they have to hear when it is gone. */
  isKnown = false;
  lastReport: PodReport | undefined;
  cancelWake: (() => void) | undefined;
  /** When it was seen first that the pod's deadline has passed. */
  overdueSinceMs: number | undefined;
  /** What was told last, by what it is about. */
  readonly #told = new Map<string, string>();
  readonly #problems = new Map<string, Problem & { readonly count: number }>();

  /** @param onTaskEnd a piece of work for the pod is done */
  constructor(clock: Clock, onTaskEnd: () => void) {
    this.tasks = new PodTasks(onTaskEnd);
    this.stopper = new Stopper(clock);
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

  /** @param deadlineMs undefined: the pod has none */
  noteDeadline(deadlineMs: number | undefined, nowMs: number): void {
    if (deadlineMs === undefined || deadlineMs > nowMs) this.overdueSinceMs = undefined;
    else this.overdueSinceMs ??= nowMs;
  }

  noteSuccess(about: string): void {
    this.#problems.delete(about);
  }

  /** What was wrong may be right now: everything is tried again at once. */
  hurry(): void {
    for (const [about, problem] of this.#problems) this.#problems.set(about, { ...problem, retryAtMs: 0 });
  }

  /** @returns whether this is another one than the last that was told about it */
  tellOnce(about: string, which: string): boolean {
    if (this.#told.get(about) === which) return false;
    this.#told.set(about, which);
    return true;
  }

  /** Attempts that are not there any more need no memory. */
  forgetAttemptsBut(ids: { has(id: string): boolean }): void {
    for (const byId of [this.postStart, this.messages]) {
      for (const id of byId.keys()) if (!ids.has(id)) byId.delete(id);
    }
  }
}

/** What {@link PodMemory.problemOf} calls what is no container: no container has such a name. */
export const volumes = '/volumes';
export const sandbox = '/sandbox';
