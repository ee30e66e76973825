import { type EventRecorder, isNotFound, isUidMismatch, type KubeClient, objectReference, pods } from '@interlink/kube';
import type { Capabilities } from '@interlink/protocol';
import { type Logger, TokenBucket, traced } from '@interlink/service-kit';
import type { Admission } from '../admission/admission.ts';
import { isReportedOnly } from '../admission/daemon-set-pod.ts';
import type { Provider } from '../provider.ts';
import { PodSources } from '../resolve/pod-sources.ts';
import type { NodeFacts } from '../resolve/resolve-pod.ts';
import type { ServiceLinks } from '../resolve/service-links.ts';
import { VolumeUpdates } from '../volumes/volume-updates.ts';
import { AdmissionStep } from './admission-step.ts';
import type { BackendMirror } from './backend-mirror.ts';
import { hasBegun, nextStep, type Step } from './next-step.ts';
import { PodCreator } from './pod-creator.ts';
import { deadlineExceeded, podDeadline } from './pod-deadline.ts';
import type { PodEntry } from './pod-entry.ts';
import { PodUpdater } from './pod-updater.ts';
import { PullSecrets } from './pull-secrets.ts';
import { ReportedPods } from './reported-pods.ts';
import { jobAnnotation, StatusWriter } from './status-writer.ts';

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

/** A PUT whose pod has not shown up in the stream by then is sent again. */
const reportDueMs = 15_000;
/** A backend that has not ended a pod this long after its grace period is told again. */
const stopOverdueMs = 10_000;
/** How long a status of "being created" waits for "running", so that a quick start costs one PATCH, not two. */
const firstStatusDelayMs = 200;
/** More changes of one pod than any pod has; what comes faster is written later, and only its newest. */
const reportRate = { burst: 30, perSecond: 2 };
/** How long the API server may take to remove a pod that it has begun to. */
const apiDeletionMs = 10_000;
/** Orphans get this long to end. */
const orphanGraceSeconds = 2;
const defaultGraceSeconds = 30;
/** Node's timers hold 31 bits of milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** Does the next thing for one pod. Never runs twice at the same time for one UID; may be called at any time, any number of times. */
export class PodSync {
  readonly #options: PodSyncOptions;
  readonly #creator: PodCreator;
  readonly #updater: PodUpdater;
  readonly #status: StatusWriter;
  readonly #reported: ReportedPods;
  readonly #admission: AdmissionStep;
  readonly #sources: PodSources;
  readonly #volumes: VolumeUpdates;
  readonly #pullSecrets: PullSecrets;

  constructor(options: PodSyncOptions) {
    this.#options = options;
    this.#sources = new PodSources(options);
    const { reader, watches } = this.#sources;
    this.#volumes = new VolumeUpdates({
      ...options,
      reader,
      watches,
      isReachable: () => options.mirror.reach === 'known',
    });
    this.#pullSecrets = new PullSecrets(this.#sources.missing);
    this.#creator = new PodCreator({
      ...options,
      sources: this.#sources,
      onCreated: (uid, pod, resolved) => {
        this.#volumes.created(uid, pod, resolved);
        this.#pullSecrets.created(uid, pod, resolved.versions);
      },
    });
    this.#updater = new PodUpdater(options, this.#creator);
    this.#status = new StatusWriter({ client: options.client, hostIP: options.node.hostIP });
    this.#reported = new ReportedPods({ client: options.client, status: this.#status });
    this.#admission = new AdmissionStep({ ...options, status: this.#status, reported: this.#reported });
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#sources.run(signal), this.#volumes.run(signal)]);
  }

  /** The backend has come within reach. */
  onReach(): void {
    this.#volumes.onReach();
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
      isAwaitingReport: this.#isAwaitingReport(entry),
      isBehind: this.#updater.isBehind(entry, report),
      passedDeadlineMs: entry.isExpired ? 0 : this.#deadlineOf(entry, (deadlineMs) => deadlineMs <= Date.now()),
    });
    this.#followSources(step, uid, entry);
    await this.#do(step, uid, entry, signal);
    const deadlineMs = this.#deadlineOf(entry, (ms) => ms > Date.now());
    if (deadlineMs !== undefined) this.#options.retry(uid, Math.min(deadlineMs - Date.now(), longestTimerMs));
    return step.kind === 'forget';
  }

  /** Whether the backend has to be told of a changed spec. */
  isBehind(uid: string, entry: PodEntry): boolean {
    return this.#updater.isBehind(entry, this.#options.mirror.get(uid));
  }

  /** Files are kept true from the create on, until the pod ends or is to end; so is what its images are pulled by, while they lack. */
  #followSources(step: Step, uid: string, entry: PodEntry): void {
    const { pod } = entry;
    const report = this.#options.mirror.get(uid);
    const phase = pod?.status?.phase;
    if (
      pod === undefined ||
      pod.metadata?.deletionTimestamp !== undefined ||
      phase === 'Succeeded' ||
      phase === 'Failed'
    ) {
      this.#volumes.release(uid);
      this.#pullSecrets.release(uid);
    } else if (step.kind === 'report' || step.kind === 'update') {
      this.#volumes.keep(uid, pod);
      if (report === undefined) return;
      this.#pullSecrets.follow(uid, pod, report, () => {
        entry.areCredentialsStale = true;
        this.#options.retry(uid, 0);
      });
    }
  }

  async #do(step: Step, uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    switch (step.kind) {
      case 'none':
        return;
      case 'forget':
        this.#creator.release(uid);
        return;
      case 'remove-orphan':
        return await this.#removeOrphan(uid, entry, signal);
      case 'stop':
        return await this.#stopAndShow(uid, entry, signal);
      case 'create':
        return await this.#create(uid, entry, signal);
      case 'report':
        this.#creator.release(uid);
        entry.trouble = undefined;
        this.#updater.noteSeen(entry, this.#options.mirror.get(uid));
        return await this.#report(uid, entry, signal);
      case 'update':
        await this.#updater.update(uid, entry, signal);
        return await this.#report(uid, entry, signal);
      case 'expire':
      case 'expired':
        return await this.#expire(step, uid, entry, signal);
      case 'unreachable':
        return await this.#showUnreachable(entry, signal);
      case 'lost':
        return await this.#lose(uid, entry, signal);
      case 'finish':
        return await this.#finish(uid, entry, signal);
    }
  }

  async #create(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    if (performance.now() >= entry.heldBackUntilMs) {
      if (!(await this.#isLetIn(uid, entry, signal))) return;
      const { pod } = entry;
      if (pod !== undefined && (await this.#creator.create(uid, entry, signal))) {
        this.#updater.noteCreated(entry, pod);
        return this.#onHandedOver(uid, entry);
      }
      await this.#status.write(entry, this.#options.mirror.get(uid), { isFinal: false, signal });
    }
    this.#options.retry(uid, entry.heldBackUntilMs - performance.now());
  }

  /** What the backend has, or what has begun, was let in before. */
  async #isLetIn(uid: string, entry: PodEntry, signal: AbortSignal): Promise<boolean> {
    const isIn = this.#options.mirror.get(uid) !== undefined || (entry.pod !== undefined && hasBegun(entry.pod));
    return isIn || (await this.#admission.pass(uid, entry, signal));
  }

  async #lose(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    if (await this.#isStillThere(uid, entry, signal)) return;
    await this.#status.write(entry, entry.lastReport, { isFinal: true, signal });
  }

  /**
   * Asks the backend for a pod that was handed over and that it does not list, without having said that it is gone: a v1 plugin can't
   * list, and a restarted InterLink knows none of its pods.
   */
  async #isStillThere(uid: string, entry: PodEntry, signal: AbortSignal): Promise<boolean> {
    const { pod, isToldGone } = entry;
    const isUnheardOf = this.#options.mirror.get(uid) === undefined && !isToldGone;
    if (pod === undefined || !isUnheardOf) return false;
    if (!hasBegun(pod) && pod.metadata?.annotations?.[jobAnnotation] === undefined) return false;
    if (!(await this.#creator.adopt(pod, signal))) return false;
    this.#onHandedOver(uid, entry);
    return true;
  }

  #onHandedOver(uid: string, entry: PodEntry): void {
    entry.trace?.onHandedOver();
    entry.created = { epoch: this.#options.mirror.epoch, atMs: performance.now() };
    this.#options.retry(uid, reportDueMs);
  }

  async #report(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const report = this.#options.mirror.get(uid);
    const isFirst = (entry.pod?.status?.containerStatuses ?? []).length === 0;
    const statuses = [...(report?.status.initContainerStatuses ?? []), ...(report?.status.containerStatuses ?? [])];
    const isOnlyBeginning = statuses.every(
      ({ state }) => state.waiting?.reason === 'ContainerCreating' || state.waiting?.reason === 'PodInitializing',
    );
    if (isFirst && isOnlyBeginning) {
      entry.firstStatusDueMs ??= performance.now() + firstStatusDelayMs;
      const waitMs = entry.firstStatusDueMs - performance.now();
      if (waitMs > 0) return this.#options.retry(uid, waitMs);
    }
    entry.reports ??= new TokenBucket(reportRate, performance.now());
    const waitMs = entry.reports.waitMs(performance.now());
    if (waitMs > 0) return this.#options.retry(uid, waitMs);
    const phaseBefore = entry.pod?.status?.phase;
    if (!(await this.#status.write(entry, report, { isFinal: false, signal }))) return;
    entry.reports.take(performance.now());
    const phase = entry.pod?.status?.phase;
    if (phase !== phaseBefore) {
      this.#options.logger.info({ pod: podName(entry), podUid: uid, phase }, 'pod phase changed');
    }
  }

  async #showUnreachable(entry: PodEntry, signal: AbortSignal): Promise<void> {
    const trouble = this.#options.mirror.trouble ?? 'out of reach';
    entry.trouble = {
      reason: 'ContainerCreating',
      message: `The backend of node ${this.#options.node.name} is out of reach: ${trouble}`,
    };
    if (entry.toldTrouble !== 'unreachable' && entry.pod !== undefined) {
      entry.toldTrouble = 'unreachable';
      this.#options.events.record(objectReference(entry.pod), 'Warning', 'BackendUnreachable', entry.trouble.message);
    }
    await this.#status.write(entry, undefined, { isFinal: false, signal });
  }

  async #stop(uid: string, entry: PodEntry, graceSeconds: number, signal: AbortSignal): Promise<void> {
    const { mirror, provider, logger, retry } = this.#options;
    const told = entry.stopped;
    const overdueMs =
      told === undefined ? 0 : told.atMs + told.graceSeconds * 1_000 + stopOverdueMs - performance.now();
    const isShorter =
      told !== undefined && performance.now() + graceSeconds * 1_000 < told.atMs + told.graceSeconds * 1_000 - 1_000;
    if (told !== undefined && told.epoch === mirror.epoch && overdueMs > 0 && !isShorter) return retry(uid, overdueMs);
    await traced('delete pod at the backend', { kind: 'client' }, () => provider.deletePod(uid, graceSeconds, signal));
    entry.stopped = { epoch: mirror.epoch, atMs: performance.now(), graceSeconds };
    logger.info({ pod: podName(entry), podUid: uid, graceSeconds }, 'pod deletion accepted by the backend');
    retry(uid, graceSeconds * 1_000 + stopOverdueMs);
  }

  /** The backend ends it, and only then is it shown as failed: whoever waits for that must not meet it still at work. */
  async #expire({ kind }: Step, uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { mirror, events, logger } = this.#options;
    const report = mirror.get(uid);
    entry.isExpired = true;
    if (report !== undefined || kind === 'expire') {
      await this.#stop(uid, entry, entry.pod?.spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds, signal);
    }
    const isFinal = kind === 'expired';
    const failure = isFinal ? deadlineExceeded : undefined;
    if (isFinal && entry.pod !== undefined) {
      const { reason, message } = deadlineExceeded;
      events.record(objectReference(entry.pod), 'Normal', reason, message);
      logger.info({ pod: podName(entry), podUid: uid }, 'pod ended: its deadline has passed');
    }
    await this.#status.write(entry, report ?? entry.lastReport, { isFinal, failure, signal });
  }

  /** When the pod is to be ended, if it is ours to end it, not ended yet, and as asked. A backend ends only what it has. */
  #deadlineOf({ pod }: PodEntry, isWanted: (deadlineMs: number) => boolean): number | undefined {
    if (pod === undefined || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return undefined;
    const isAtBackend = this.#options.mirror.get(pod.metadata?.uid ?? '') !== undefined;
    if (isAtBackend && this.#options.capabilities()?.enforcesDeadline === true) return undefined;
    const deadlineMs = podDeadline(pod);
    return deadlineMs !== undefined && isWanted(deadlineMs) ? deadlineMs : undefined;
  }

  /** What the pod looks like while it ends is worth a PATCH, that it was told to is not. */
  async #stopAndShow(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const wasTold = entry.stopped !== undefined;
    await this.#stop(uid, entry, remainingGraceSeconds(entry), signal);
    const report = this.#options.mirror.get(uid);
    if (wasTold && report !== undefined) await this.#status.write(entry, report, { isFinal: false, signal });
  }

  /** A pod never seen may be newer than the list that lacks it: ask for the newest before ending somebody's work. */
  async #removeOrphan(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { client, mirror, logger, namespaces, node } = this.#options;
    const report = mirror.get(uid);
    if (report === undefined) return;
    if (!entry.isRemoved) {
      const { namespace, name } = report;
      if (namespaces !== undefined && !namespaces.includes(namespace)) return;
      // A list, since the node authorizer lets a node get no pod that is not there, or not its own.
      const fieldSelector = `metadata.name=${name},spec.nodeName=${node.name}`;
      const { items } = await client.list(pods, { namespace }, { fieldSelector, signal });
      if (items.some(({ metadata }) => metadata?.uid === uid)) return;
      if (entry.stopped === undefined)
        logger.info(
          { pod: `${namespace}/${name}`, podUid: uid },
          'the API no longer has this pod: removing it at the backend',
        );
    }
    await this.#stop(uid, entry, orphanGraceSeconds, signal);
  }

  /** The last status first: whoever waits for the end of the pod must see how it ended. */
  async #finish(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { client, mirror, logger } = this.#options;
    const pod = entry.pod;
    if (pod === undefined || entry.isRemoved) return;
    const isTerminal = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (await this.#isStillThere(uid, entry, signal)) return;
    if (!isTerminal) await this.#status.write(entry, mirror.get(uid) ?? entry.lastReport, { isFinal: true, signal });
    if (this.#isLeftToTheApi(uid, entry)) return;
    const { namespace, name } = pod.metadata ?? {};
    try {
      await traced('remove pod', { kind: 'client' }, () =>
        client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0, uid, signal }),
      );
      entry.isRemoved = true;
      logger.info({ pod: podName(entry), podUid: uid }, 'pod removed');
    } catch (error) {
      if (!isNotFound(error) && !isUidMismatch(error)) throw error;
    }
  }

  /** A pod whose grace period is 0 is deleted by the API server itself, unless that died on the way: then we do it after a while. */
  #isLeftToTheApi(uid: string, entry: PodEntry): boolean {
    if (entry.pod?.metadata?.deletionGracePeriodSeconds !== 0) return false;
    entry.leftToApiUntilMs ??= performance.now() + apiDeletionMs;
    const waitMs = entry.leftToApiUntilMs - performance.now();
    if (waitMs > 0) this.#options.retry(uid, waitMs);
    return waitMs > 0;
  }

  #isAwaitingReport(entry: PodEntry): boolean {
    const { created } = entry;
    return (
      created !== undefined &&
      created.epoch === this.#options.mirror.epoch &&
      performance.now() - created.atMs < reportDueMs
    );
  }
}

/**
 * What is left of the grace period, whole seconds, at least one so that TERM comes before KILL; 0 when the user asked for 0. It
 * begins when the deletion is seen, as a kubelet has it: what the API server's clock says counts only for one that was asked for
 * before this process looked.
 */
function remainingGraceSeconds(entry: PodEntry): number {
  const { deletionTimestamp, deletionGracePeriodSeconds } = entry.pod?.metadata ?? {};
  if (deletionGracePeriodSeconds === 0 || deletionTimestamp === undefined) return 0;
  const leftMs =
    entry.deletionSeenMs === undefined || deletionGracePeriodSeconds === undefined
      ? Date.parse(deletionTimestamp) - Date.now()
      : entry.deletionSeenMs + deletionGracePeriodSeconds * 1_000 - performance.now();
  const leftSeconds = Math.ceil(leftMs / 1_000);
  // Never more than was granted, however far apart the two clocks are.
  return Math.max(1, Math.min(leftSeconds, deletionGracePeriodSeconds ?? leftSeconds));
}

function podName(entry: PodEntry): string | undefined {
  const metadata = entry.pod?.metadata;
  return metadata === undefined ? undefined : `${metadata.namespace}/${metadata.name}`;
}
