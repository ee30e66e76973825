import type { PodEvent, PodReport } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { News, OwnedReport } from '../../backend.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Attempt, ContainerRuntime, EventText, RuntimePod } from '../container-runtime.ts';
import { nextSteps } from '../decide/next-steps.ts';
import { podEnd } from '../decide/pod-end.ts';
import { buildFacts } from '../facts/build-facts.ts';
import { isLive, type PodFacts } from '../facts/pod-facts.ts';
import { toPodReport } from '../status/to-pod-report.ts';
import { backOffEvents } from './back-off-events.ts';
import type { ContainerCare } from './container-care.ts';
import { knowledgeOf } from './pod-knowledge.ts';
import { PodMemory } from './pod-memory.ts';
import { Rounds } from './rounds.ts';
import { StepRunner } from './step-runner.ts';
import { TerminationMessages } from './termination-messages.ts';

export interface PodLifecycleOptions {
  readonly runtime: ContainerRuntime;
  readonly care: ContainerCare;
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
  readonly #nudged = new Set<string>();
  readonly #steps: StepRunner;
  readonly #messages: TerminationMessages;
  #news: News | undefined;

  constructor(options: PodLifecycleOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#messages = new TerminationMessages(options.runtime, options.logger);
    this.#steps = new StepRunner({
      ...options,
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
      memory = new PodMemory(() => this.nudge(uid, 0));
      this.#memories.set(uid, memory);
    }
    return memory;
  }

  /** Something may have changed: the pod is looked at soon. */
  nudge(uid: string, afterMs = settleMs): void {
    if (this.#nudged.has(uid)) return;
    this.#nudged.add(uid);
    const look = () => {
      this.#nudged.delete(uid);
      this.settle(uid).catch((error: unknown) => this.#troubled(uid, error));
    };
    if (afterMs === 0) queueMicrotask(look);
    else this.#clock.setTimer(afterMs, look);
  }

  /** One whole look at the pod, with all that has happened until now. @returns its report, undefined when it is gone */
  async settle(uid: string): Promise<PodReport | undefined> {
    return await this.#rounds.run(uid);
  }

  /** Every pod that the runtime holds. Those with something left to do, whoever began it, are taken on. */
  async list(): Promise<OwnedReport[]> {
    const pods = await this.#options.runtime.readAll();
    return pods.map((pod) => {
      const { uid } = pod.pod.metadata;
      const memory = this.#memories.get(uid);
      if (memory?.tasks.has('remove') === true && memory.lastReport !== undefined) {
        return { owner: pod.owner, report: memory.lastReport };
      }
      const isNew = memory?.lastReport === undefined;
      const facts = this.#factsOf(pod, memory ?? new PodMemory(() => undefined));
      if (isNew || nextSteps(facts, this.#clock.now()).steps.length > 0) this.nudge(uid);
      return { owner: pod.owner, report: this.#report(facts) };
    });
  }

  /** The pod is to go: what is being made of it is given up. Resolves when nothing of that is under way. */
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
    for (const memory of this.#memories.values()) memory.cancelWake?.();
  }

  async #look(uid: string): Promise<PodReport | undefined> {
    const known = this.#memories.get(uid);
    known?.cancelWake?.();
    const pod = await this.#options.runtime.read(uid);
    // What is being removed is not looked at: its last report was the one before.
    if (known?.tasks.has('remove') === true) return known.lastReport;
    if (pod === undefined) {
      if (known !== undefined) this.#gone(uid);
      return undefined;
    }
    const memory = this.memoryOf(uid);
    this.#noteLosses(pod, memory);
    await this.#messages.read(pod, memory);
    const facts = this.#factsOf(pod, memory);
    const report = this.#report(facts);
    memory.lastReport = report;
    this.#news?.report({ owner: pod.owner, report });
    this.#act(facts, memory);
    return report;
  }

  #act(facts: PodFacts, memory: PodMemory): void {
    const now = this.#clock.now();
    const { uid } = facts.runtime.pod.metadata;
    this.#care(facts, now);
    for (const { key, container, events } of backOffEvents(facts, now)) {
      if (memory.tellOnce(key)) for (const event of events) this.tell(uid, container, event);
    }
    const { steps, wakeAtMs } = nextSteps(facts, now);
    for (const step of steps) this.#steps.begin(step, facts, memory);
    if (wakeAtMs !== undefined) memory.cancelWake = this.#clock.setTimer(wakeAtMs - now, () => this.nudge(uid, 0));
  }

  /** Probes follow what runs. */
  #care(facts: PodFacts, nowMs: number): void {
    const { runtime: pod } = facts;
    const isEnding = podEnd(facts, nowMs) !== undefined;
    for (const { spec, attempts } of facts.containers) {
      for (const attempt of attempts) {
        if (!isLive(attempt)) this.#steps.ended(attempt);
        const isProbed = attempt.state.kind === 'running' && attempt.postStart === 'done';
        if (isProbed && !isEnding && !this.#steps.isStopping(attempt)) this.#options.care.watch({ pod, spec, attempt });
        else this.#options.care.unwatch(attempt);
      }
    }
  }

  #factsOf(pod: RuntimePod, memory: PodMemory): PodFacts {
    return buildFacts(this.#messages.addTo(pod, memory), knowledgeOf(memory, this.#options.care));
  }

  #report(facts: PodFacts): PodReport {
    const report = toPodReport(facts, this.#clock.now());
    return this.#options.complete?.(report) ?? report;
  }

  /** What was there and is not any more, although nobody here removed it, has ended without a word. */
  #noteLosses({ attempts }: RuntimePod, memory: PodMemory): void {
    const newest = new Map<string, Attempt>();
    for (const attempt of attempts) {
      if ((newest.get(attempt.container)?.number ?? -1) < attempt.number) newest.set(attempt.container, attempt);
    }
    for (const [container, seen] of memory.seen) {
      if ((newest.get(container)?.number ?? -1) >= seen.number) continue;
      const startedAt = seen.state.kind === 'running' ? { startedAt: seen.state.startedAt } : {};
      const ending = { ...lostEnding, ...startedAt, finishedAt: new Date(this.#clock.now()).toISOString() };
      newest.set(container, seen.state.kind === 'ended' ? seen : { ...seen, state: { kind: 'ended', ending } });
    }
    for (const [container, attempt] of newest)
      if (attempt.state.kind !== 'created') memory.seen.set(container, attempt);
  }

  #gone(uid: string): void {
    const memory = this.#memories.get(uid);
    memory?.cancelWake?.();
    for (const attempt of memory?.seen.values() ?? []) {
      this.#options.care.unwatch(attempt);
      this.#steps.ended(attempt);
    }
    this.#memories.delete(uid);
    this.#options.onGone?.(uid);
    this.#news?.gone(uid);
  }

  #troubled(uid: string, error: unknown): void {
    this.#options.logger.warn({ podUid: uid, err: error }, 'cannot look at the pod');
    this.nudge(uid, retryMs);
  }
}

/** As the kubelet puts it for a container that it can't find any more. */
const lostEnding = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was deleted.  The container used to be Running',
} as const;
