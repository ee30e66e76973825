import type { EventRecorder, KubeClient } from '@interlink/kube';
import type { Capabilities } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { Admission } from '../admission/admission.ts';
import { isReportedOnly } from '../admission/daemon-set-pod.ts';
import type { Provider } from '../provider.ts';
import type { NodeFacts } from '../resolve/resolve-pod.ts';
import type { ServiceLinks } from '../resolve/service-links.ts';
import { isTerminal } from '../status/terminal-phase.ts';
import { AdmissionStep } from './admission-step.ts';
import type { BackendMirror } from './backend-mirror.ts';
import { nextStep, type Step } from './next-step.ts';
import { OrphanRemover } from './orphan-remover.ts';
import { PodCreator } from './pod-creator.ts';
import { podDeadline } from './pod-deadline.ts';
import { PodEnding } from './pod-ending.ts';
import type { PodEntry } from './pod-entry.ts';
import { PodHandover } from './pod-handover.ts';
import { PodStopper } from './pod-stopper.ts';
import { PodUpdater } from './pod-updater.ts';
import { ReportStep } from './report-step.ts';
import { ReportedPods } from './reported-pods.ts';
import { SourceFollower } from './source-follower.ts';
import { StatusWriter } from './status-writer.ts';

export interface PodSyncOptions {
  readonly client: KubeClient;
  readonly provider: Provider;
  readonly node: NodeFacts;
  readonly services: Pick<ServiceLinks, 'envOf'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Logger;
  readonly mirror: BackendMirror;
  readonly capabilities: () => Capabilities | undefined;
  readonly admission: Pick<Admission, 'judge'>;
  /** The only ones whose pods are ours to end; default: all. */
  readonly namespaces?: readonly string[] | undefined;
  retry(uid: string, delayMs: number): void;
}

/** Node's timers hold 31 bits of milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** Does the next thing for one pod. Never runs twice at the same time for one UID; may be called at any time, any number of times. */
export class PodSync {
  readonly #options: PodSyncOptions;
  readonly #follower: SourceFollower;
  readonly #creator: PodCreator;
  readonly #updater: PodUpdater;
  readonly #handover: PodHandover;
  readonly #reports: ReportStep;
  readonly #reported: ReportedPods;
  readonly #ending: PodEnding;
  readonly #orphans: OrphanRemover;

  constructor(options: PodSyncOptions) {
    const { client, node } = options;
    const follower = new SourceFollower(options);
    const creator = new PodCreator({
      ...options,
      sources: follower.sources,
      onCreated: (uid, pod, resolved) => follower.created(uid, pod, resolved),
    });
    const updater = new PodUpdater(options, creator);
    const status = new StatusWriter({ client, hostIP: node.hostIP });
    const reported = new ReportedPods({ client, status });
    const admission = new AdmissionStep({ ...options, status, reported });
    const handover = new PodHandover({ ...options, admission, creator, updater, status });
    const stopper = new PodStopper(options);
    this.#options = options;
    this.#follower = follower;
    this.#creator = creator;
    this.#updater = updater;
    this.#handover = handover;
    this.#reports = new ReportStep({ ...options, status });
    this.#reported = reported;
    this.#ending = new PodEnding({ ...options, handover, stopper, status });
    this.#orphans = new OrphanRemover({ ...options, stopper });
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#follower.run(signal);
  }

  /** The backend has come within reach. */
  onReach(): void {
    this.#follower.onReach();
  }

  /** @returns true when nothing is left of the pod. @throws what the API or the backend refused: to be tried again */
  async advance(uid: string, entry: PodEntry, signal: AbortSignal): Promise<boolean> {
    const { mirror } = this.#options;
    const report = mirror.get(uid);
    if (entry.pod !== undefined && report === undefined && isReportedOnly(entry.pod)) {
      await (entry.pod.metadata?.deletionTimestamp === undefined
        ? this.#reported.show(entry, signal)
        : this.#reported.finish(entry, signal));
      return false;
    }
    const step = nextStep({
      pod: entry.pod,
      report,
      backend: mirror.reach,
      isAwaitingReport: this.#handover.isAwaitingReport(entry),
      isBehind: this.#updater.isBehind(entry, report),
      passedDeadlineMs: this.#passedDeadlineMs(entry),
    });
    this.#follower.follow(step, uid, entry);
    await this.#do(step, uid, entry, signal);
    this.#wakeAtDeadline(uid, entry);
    return step.kind === 'forget';
  }

  /** Whether the backend has to be told of a changed spec. */
  isBehind(uid: string, entry: PodEntry): boolean {
    return this.#updater.isBehind(entry, this.#options.mirror.get(uid));
  }

  async #do(step: Step, uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    switch (step.kind) {
      case 'none':
        return;
      case 'forget':
        this.#creator.release(uid);
        return;
      case 'remove-orphan':
        return await this.#orphans.remove(uid, entry, signal);
      case 'create':
        return await this.#handover.create(uid, entry, signal);
      case 'report':
        this.#creator.release(uid);
        entry.trouble = undefined;
        this.#updater.noteSeen(entry, this.#options.mirror.get(uid));
        return await this.#reports.show(uid, entry, signal);
      case 'update':
        await this.#updater.update(uid, entry, signal);
        return await this.#reports.show(uid, entry, signal);
      case 'unreachable':
        return await this.#reports.showUnreachable(entry, signal);
      case 'stop':
        return await this.#ending.stop(uid, entry, signal);
      case 'expire':
      case 'expired':
        return await this.#ending.expire(step.kind, uid, entry, signal);
      case 'end-late':
        return await this.#ending.endLate(uid, entry, signal);
      case 'lost':
        return await this.#ending.lose(uid, entry, signal);
      case 'finish':
        return await this.#ending.finish(uid, entry, signal);
    }
  }

  #passedDeadlineMs(entry: PodEntry): number | undefined {
    if (entry.isExpired) return 0;
    const deadlineMs = this.#deadlineMs(entry);
    return deadlineMs !== undefined && deadlineMs <= Date.now() ? deadlineMs : undefined;
  }

  #wakeAtDeadline(uid: string, entry: PodEntry): void {
    const deadlineMs = this.#deadlineMs(entry);
    if (deadlineMs === undefined) return;
    const waitMs = deadlineMs - Date.now();
    if (waitMs > 0) this.#options.retry(uid, Math.min(waitMs, longestTimerMs));
  }

  /** When the pod is to be ended, if it is ours to end it, and not ended yet. A backend ends only what it has. */
  #deadlineMs({ pod }: PodEntry): number | undefined {
    if (pod === undefined || isTerminal(pod.status?.phase)) return undefined;
    const isAtBackend = this.#options.mirror.get(pod.metadata?.uid ?? '') !== undefined;
    if (isAtBackend && this.#options.capabilities()?.enforcesDeadline === true) return undefined;
    return podDeadline(pod);
  }
}
