import { hostname } from 'node:os';
import { InterLinkError, type Logger, type News, type PodEvent, type PodReport } from '@interlink/sidecar-sdk';
import { nextSteps } from '../decide/next-steps.ts';
import type { PodFacts } from '../decide/pod-facts.ts';
import { eventsBetween } from '../events.ts';
import { PodFolder } from '../folder/pod-folder.ts';
import { readFacts } from '../folder/read-facts.ts';
import { toReport } from '../report.ts';
import { Rounds } from './rounds.ts';
import { StepRunner } from './step-runner.ts';

export interface SupervisorOptions {
  /** The folder of all pods. */
  readonly podsFolder: string;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Rounds without an end would mean that a step does not do what it says. */
const maxTurns = 50;
const maxTimerMs = 2 ** 31 - 1;

/**
 * Brings pods to where they should be: reads a pod's folder, decides, does, reads again, tells. What it holds in memory is
 * only what it has told and when to look again, so that a new process takes over from the folders alone.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #rounds = new Rounds<PodFacts | undefined>((uid) => this.#round(uid));
  readonly #steps: StepRunner;
  readonly #told = new Map<string, PodReport>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #news: News | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#steps = new StepRunner({
      ...options,
      onRunnerExit: (uid) => this.nudge(uid),
      onEvent: (uid, event) => this.tellEvent(uid, event),
      onGone: (uid) => this.#forget(uid),
    });
  }

  /** From now on news go there; undefined for nowhere. */
  listen(news: News | undefined): void {
    this.#news = news;
    if (news !== undefined) return;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** One whole look after the pod. @returns its facts, or undefined when it is gone */
  async settle(uid: string): Promise<PodFacts | undefined> {
    return await this.#rounds.run(uid);
  }

  /** Looks after the pod soon; trouble is logged. */
  nudge(uid: string): void {
    this.settle(uid).catch((error: unknown) => {
      this.#options.logger.error({ err: error, podUid: uid }, 'cannot look after the pod');
    });
  }

  /** Pods with something to watch: those that were told as not yet over. */
  livePods(): string[] {
    return [...this.#told.values()].filter(isLive).map(({ uid }) => uid);
  }

  tellEvent(uid: string, event: PodEvent): void {
    this.#news?.event(uid, event);
  }

  /** Resolves when no pod is being looked after. */
  async idle(): Promise<void> {
    await this.#rounds.idle();
  }

  async #round(uid: string): Promise<PodFacts | undefined> {
    const folder = new PodFolder(this.#options.podsFolder, uid);
    clearTimeout(this.#timers.get(uid));
    this.#timers.delete(uid);
    for (let turn = 0; turn < maxTurns; turn += 1) {
      const facts = await readFacts(folder);
      if (facts === undefined) {
        this.#forget(uid);
        return undefined;
      }
      this.#tell(facts);
      const now = this.#options.now();
      const { steps, wakeAtMs } = nextSteps(facts, now);
      const hasChanged = await this.#steps.run(facts, folder, steps);
      if (!hasChanged) {
        if (wakeAtMs !== undefined) this.#wake(uid, wakeAtMs - now);
        return facts;
      }
    }
    throw new InterLinkError('internal', `The pod ${uid} on ${hostname()} does not come to rest`);
  }

  #wake(uid: string, ms: number): void {
    const timer = setTimeout(() => this.nudge(uid), Math.min(Math.max(ms, 1), maxTimerMs));
    this.#timers.set(uid, timer.unref());
  }

  #tell(facts: PodFacts): void {
    const report = toReport(facts);
    const before = this.#told.get(report.uid);
    this.#told.set(report.uid, report);
    this.#news?.report({ owner: facts.owner, report });
    for (const event of eventsBetween(before, report)) this.tellEvent(report.uid, event);
  }

  #forget(uid: string): void {
    if (this.#told.delete(uid)) this.#news?.gone(uid);
  }
}

function isLive({ status }: PodReport): boolean {
  const { initContainerStatuses = [], containerStatuses, ephemeralContainerStatuses = [] } = status;
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses].some(
    ({ state }) => state.terminated === undefined,
  );
}
