import type { PodEvent, PodReport } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { News, OwnedReport } from '../../backend.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { ContainerRuntime, EventText, RuntimePod, UnreadablePod } from '../container-runtime.ts';
import { nextSteps } from '../decide/next-steps.ts';
import { deadlineAtMs } from '../decide/pod-end.ts';
import { nothingToDo } from '../decide/step.ts';
import { buildFacts } from '../facts/build-facts.ts';
import type { PodFacts } from '../facts/pod-facts.ts';
import { toPodReport } from '../status/to-pod-report.ts';
import { toUnreadReport } from '../status/to-unread-report.ts';
import type { ContainerCare } from './container-care.ts';
import { dueEvents } from './due-events.ts';
import { unreadable } from './lifecycle-events.ts';
import { noteLosses } from './lost-attempts.ts';
import { knowledgeOf } from './pod-knowledge.ts';
import { PodMemory } from './pod-memory.ts';
import { ProbesAndHooks } from './probes-and-hooks.ts';
import { Rounds } from './rounds.ts';
import { StepRunner } from './step-runner.ts';
import { tend } from './tend.ts';
import { TerminationMessages } from './termination-messages.ts';

export interface PodLifecycleOptions {
  readonly runtime: ContainerRuntime;
  /** Default: {@link ProbesAndHooks}. */
  readonly care?: ContainerCare;
  readonly logger: Logger;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** What a backend adds to its reports: a resize, a job's id. */
  readonly complete?: (report: PodReport) => PodReport;
  /** Nothing is left of the pod. */
  readonly onGone?: (uid: string) => void;
}

/** News come in bursts: a pod is looked at once for all that come within this time. */
const settleMs = 10;
/** After a look that failed. */
const retryMs = 1_000;

/**
 * Brings pods to where they should be: looks at a pod, tells what it sees, decides, begins what is due, and looks again when something
 * has happened. One look at a pod at a time. What it holds in memory may be lost at any moment: a new process takes over from what the
 * runtime shows.
 */
export class PodLifecycle {
  readonly #options: PodLifecycleOptions;
  readonly #clock: Clock;
  readonly #rounds = new Rounds<PodReport | undefined>((uid) => this.#look(uid));
  readonly #memories = new Map<string, PodMemory>();
  /** Looks to come, by pod. */
  readonly #nudged = new Map<string, { readonly atMs: number; readonly cancel: () => void }>();
  readonly #care: ContainerCare;
  readonly #steps: StepRunner;
  readonly #messages: TerminationMessages;
  #news: News | undefined;
  #isClosed = false;

  constructor(options: PodLifecycleOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#messages = new TerminationMessages(options.runtime, options.logger);
    this.#care =
      options.care ??
      new ProbesAndHooks({
        runtime: options.runtime,
        clock: this.#clock,
        tell: (uid, event) => this.#news?.event(uid, event),
        changed: (uid) => this.nudge(uid, 0),
      });
    this.#steps = new StepRunner({
      ...options,
      care: this.#care,
      clock: this.#clock,
      tell: (uid, container, event) => this.tell(uid, container, event),
      gone: (uid) => this.#gone(uid),
      changed: (uid) => this.nudge(uid),
    });
  }

  /** Where reports and events go from now on. Before, they go nowhere: the first list brings what was missed. */
  tellTo(news: News): void {
    this.#news = news;
  }

  tell(uid: string, container: string | undefined, event: EventText): void {
    const told: PodEvent = container === undefined ? event : { ...event, container };
    this.#news?.event(uid, told);
  }

  memoryOf(uid: string): PodMemory {
    let memory = this.#memories.get(uid);
    if (memory === undefined) {
      memory = new PodMemory(this.#clock, () => this.nudge(uid, 0));
      this.#memories.set(uid, memory);
    }
    return memory;
  }

  /** Something may have changed: the pod is looked at soon. */
  nudge(uid: string, afterMs = settleMs): void {
    const atMs = this.#clock.now() + afterMs;
    const planned = this.#nudged.get(uid);
    if (this.#isClosed || (planned !== undefined && planned.atMs <= atMs)) return;
    planned?.cancel();
    const look = () => {
      this.#nudged.delete(uid);
      this.settle(uid).catch((error: unknown) => this.#troubled(uid, error));
    };
    this.#nudged.set(uid, { atMs, cancel: this.#clock.setTimer(afterMs, look) });
  }

  /** One whole look at the pod, with all that has happened until now. @returns its report, undefined when it is gone */
  async settle(uid: string): Promise<PodReport | undefined> {
    return await this.#rounds.run(uid);
  }

  /**
   * Every pod that the runtime holds. Those with something left to do, whoever began it, are taken on. Of one that can't be read the last
   * report stands, and it is told.
   */
  async list(): Promise<OwnedReport[]> {
    const pods = await this.#options.runtime.readAll();
    const reportOf = async (pod: RuntimePod | UnreadablePod) =>
      'unreadable' in pod ? this.#unread(pod) : await this.#listed(pod);
    return await Promise.all(pods.map(async (pod) => ({ owner: pod.owner, report: await reportOf(pod) })));
  }

  #unread({ pod, unreadable: error }: UnreadablePod): PodReport {
    const { uid } = pod.metadata;
    const memory = this.memoryOf(uid);
    memory.isKnown = true;
    this.#options.logger.warn({ podUid: uid, err: error }, 'cannot read the pod');
    this.tell(uid, undefined, unreadable(error.message));
    if (memory.lastReport !== undefined) return memory.lastReport;
    // Nobody has taken it on yet.
    this.nudge(uid, retryMs);
    return toUnreadReport(pod, error);
  }

  async #listed(pod: RuntimePod): Promise<PodReport> {
    const { uid } = pod.pod.metadata;
    const memory = this.memoryOf(uid);
    memory.isKnown = true;
    const isNew = memory.lastReport === undefined;
    await this.#messages.read(pod, memory);
    if (memory.tasks.has('remove') && memory.lastReport !== undefined) return memory.lastReport;
    const facts = this.#factsOf(pod, memory);
    if (isNew || nextSteps(facts, this.#clock.now()).steps.length > 0) this.nudge(uid);
    return this.#report(facts);
  }

  /**
   * The pod is to go: what is being made of it is given up, and nothing is begun until the runtime shows its deletion. Resolves when
   * nothing is under way.
   */
  async cancel(uid: string): Promise<void> {
    const memory = this.memoryOf(uid);
    if (!memory.tasks.has('remove')) await memory.tasks.cancel();
  }

  /** Resolves when no pod is being looked at. */
  async idle(): Promise<void> {
    await this.#rounds.idle();
  }

  /** Nothing is begun any more by itself. */
  close(): void {
    this.#isClosed = true;
    for (const memory of this.#memories.values()) {
      memory.cancelWake?.();
      memory.stopper.forgetAllBut(noIds);
    }
  }

  async #look(uid: string): Promise<PodReport | undefined> {
    const memory = this.memoryOf(uid);
    const { endCount } = memory.tasks;
    const pod = await this.#options.runtime.read(uid);
    if (pod !== undefined) await this.#messages.read(pod, memory);
    // What was read may be older than the pod's end.
    if (this.#memories.get(uid) !== memory) return undefined;
    // What is being removed is not looked at: its last report was the one before.
    if (memory.tasks.has('remove')) return memory.lastReport;
    if (pod === undefined) {
      this.#gone(uid);
      return undefined;
    }
    noteLosses(this.#messages.addTo(pod, memory), memory, this.#clock.now());
    memory.forgetAttemptsBut(new Set(pod.attempts.map(({ id }) => id)));
    const facts = this.#factsOf(pod, memory);
    const report = this.#report(facts);
    memory.lastReport = report;
    memory.isKnown = true;
    this.#news?.report({ owner: pod.owner, report });
    // What a task did meanwhile may not be in what was read, and must not be done again: its end causes another look.
    if (memory.tasks.endCount === endCount) this.#act(facts, memory);
    return report;
  }

  #act(facts: PodFacts, memory: PodMemory): void {
    const now = this.#clock.now();
    const { deletion, pod } = facts.runtime;
    const { uid } = pod.metadata;
    for (const { about, which, container, events } of dueEvents(facts, now)) {
      if (memory.tellOnce(about, which)) for (const event of events) this.tell(uid, container, event);
    }
    const isGivenUp = memory.tasks.signal.aborted && deletion === undefined;
    const { steps, wakeAtMs } = this.#isClosed || isGivenUp ? nothingToDo : nextSteps(facts, now);
    for (const step of steps) this.#steps.begin(step, facts, memory);
    tend(facts, memory, { care: this.#care, nowMs: now });
    memory.cancelWake?.();
    memory.cancelWake =
      wakeAtMs === undefined ? undefined : this.#clock.setTimer(wakeAtMs - now, () => this.nudge(uid, 0));
  }

  #factsOf(pod: RuntimePod, memory: PodMemory): PodFacts {
    memory.noteDeadline(deadlineAtMs(pod), this.#clock.now());
    return buildFacts(this.#messages.addTo(pod, memory), knowledgeOf(memory, this.#care));
  }

  #report(facts: PodFacts): PodReport {
    const report = toPodReport(facts, this.#clock.now());
    return this.#options.complete?.(report) ?? report;
  }

  #gone(uid: string): void {
    const memory = this.#memories.get(uid);
    if (memory === undefined) return;
    this.#memories.delete(uid);
    memory.cancelWake?.();
    memory.stopper.forgetAllBut(noIds);
    for (const attempt of memory.watched.values()) this.#care.unwatch(attempt);
    this.#options.onGone?.(uid);
    if (memory.isKnown) this.#news?.gone(uid);
  }

  #troubled(uid: string, error: unknown): void {
    this.#options.logger.warn({ podUid: uid, err: error }, 'cannot look at the pod');
    this.nudge(uid, retryMs);
  }
}

const noIds: ReadonlySet<string> = new Set();
