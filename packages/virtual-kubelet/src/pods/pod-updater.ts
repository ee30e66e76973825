import type { EventRecorder, Pod } from '@interlink/kube';
import { type Capabilities, InterLinkError, type PodReport } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { Provider } from '../provider.ts';
import type { ResolveError } from '../resolve/resolve-error.ts';
import { type ResolvedUpdate, resolveUpdate } from '../resolve/resolve-update.ts';
import { wantedResizes } from '../status/container-resources.ts';
import type { PodTrouble } from '../status/pod-status.ts';
import type { BackendMirror } from './backend-mirror.ts';
import { offloadedPod } from './offloaded-pod.ts';
import {
  type ChangeableParts,
  changeableParts,
  changedParts,
  ephemeral,
  resourcesOf,
  withoutEphemeral,
} from './pod-changes.ts';
import type { PodCreator } from './pod-creator.ts';
import type { PodEntry } from './pod-entry.ts';
import { podName } from './pod-name.ts';
import { recordNotice } from './record-notice.ts';
import { refusalMessage } from './refusal-message.ts';
import { backOffMs, stuckRetryMs } from './retry-delays.ts';

export interface PodUpdaterOptions {
  readonly provider: Pick<Provider, 'updatePod'>;
  /** Undefined while the backend has not said what it can. */
  readonly capabilities: () => Capabilities | undefined;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Logger;
  readonly mirror: Pick<BackendMirror, 'get' | 'epoch'>;
  retry(uid: string, delayMs: number): void;
}

/** A backend that took an update says so in its report by then, or is told again. */
const reportDueMs = 15_000;

/** Tells the backend of changes in the spec of a pod that it has. What goes wrong never harms the pod: it runs on as it was. */
export class PodUpdater {
  readonly #options: PodUpdaterOptions;
  readonly #creator: PodCreator;

  constructor(options: PodUpdaterOptions, creator: PodCreator) {
    this.#options = options;
    this.#creator = creator;
  }

  /** What of this pod's spec the backend has to know. */
  partsOf(pod: Pod): ChangeableParts {
    const withDeadline = this.#options.capabilities()?.enforcesDeadline === true;
    return changeableParts(offloadedPod(pod).pod, { withDeadline });
  }

  /** Notes what a create has handed over: everything but ephemeral containers. */
  noteCreated(entry: PodEntry, pod: Pod): void {
    this.#note(
      entry,
      pod,
      withoutEphemeral(this.partsOf(pod), () => true),
    );
  }

  /** Whether the backend acts on an older spec, and has not been told of the newer one. */
  isBehind({ pod, handed, areCredentialsStale }: PodEntry, report: PodReport | undefined): boolean {
    if (pod === undefined || report === undefined) return false;
    if (areCredentialsStale) return true;
    const observed = report.status.observedGeneration;
    // After a restart of ours only the backend knows what it was told.
    if (handed === undefined) return (observed ?? 0) < (pod.metadata?.generation ?? 0);
    if (changedParts(handed.parts, this.partsOf(pod)).length > 0) return true;
    if ((observed ?? 0) >= handed.generation) return false;
    const isOverdue = observed !== undefined && performance.now() - handed.atMs >= reportDueMs;
    return handed.epoch !== this.#options.mirror.epoch || isOverdue;
  }

  /** After a restart of ours: the backend is as far as the API. */
  noteSeen(entry: PodEntry, report: PodReport | undefined): void {
    const { pod, handed } = entry;
    if (pod === undefined || report === undefined || handed !== undefined || this.isBehind(entry, report)) return;
    this.#note(entry, pod, this.partsOf(pod));
  }

  /** Tells it now, unless an earlier try failed a moment ago. */
  async update(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { provider, retry, mirror, logger } = this.#options;
    const { pod } = entry;
    if (pod === undefined) return;
    const waitMs = entry.update.heldBackUntilMs - performance.now();
    if (waitMs > 0) {
      retry(uid, waitMs);
      return;
    }
    const { areCredentialsStale } = entry;
    // What changes from here on is told next.
    entry.areCredentialsStale = false;
    const verbs = this.#options.capabilities()?.verbs;
    if (provider.updatePod === undefined || verbs?.includes('update') === false) return this.#giveUp(entry, pod);
    try {
      const known = new Set(mirror.get(uid)?.status.ephemeralContainerStatuses?.map(({ name }) => name));
      const sources = await this.#creator.sourcesOf(pod, signal);
      const resolved = await resolveUpdate(offloadedPod(pod).pod, (name) => known.has(name), sources);
      await provider.updatePod(resolved.update, signal);
      logger.info({ pod: podName(pod), podUid: uid, generation: pod.metadata?.generation }, 'pod update taken');
      this.#onTaken(uid, entry, pod, resolved);
    } catch (error) {
      if (signal.aborted) throw error;
      const refusal = InterLinkError.from(error);
      if (refusal.isPassing) entry.areCredentialsStale ||= areCredentialsStale;
      this.#onRefused(uid, entry, pod, refusal);
    }
  }

  #onTaken(uid: string, entry: PodEntry, pod: Pod, { notices, unresolved }: ResolvedUpdate): void {
    this.#note(
      entry,
      pod,
      withoutEphemeral(this.partsOf(pod), (name) => unresolved.has(name)),
    );
    entry.update = { ...entry.update, failures: 0, heldBackUntilMs: 0, refusal: undefined, troubles: new Map() };
    this.#tell(pod, notices);
    if (unresolved.size === 0) return;
    this.#onUnresolved(uid, entry, pod, unresolved);
  }

  #onUnresolved(uid: string, entry: PodEntry, pod: Pod, unresolved: ReadonlyMap<string, ResolveError>): void {
    const errors = [...unresolved.values()];
    const troubles = [...unresolved].map(([name, { reason, message }]): [string, PodTrouble] => [
      name,
      { reason, message },
    ]);
    const told = errors.map(({ message }) => message).join('; ');
    if (entry.update.told !== told) for (const { notices } of errors) this.#tell(pod, notices);
    entry.update = {
      ...entry.update,
      told,
      troubles: new Map(troubles),
      heldBackUntilMs: performance.now() + stuckRetryMs,
    };
    this.#creator.waitFor(
      uid,
      errors.flatMap(({ missing }) => missing),
      () => {
        entry.update = { ...entry.update, heldBackUntilMs: 0 };
      },
    );
    this.#options.retry(uid, stuckRetryMs);
  }

  #onRefused(uid: string, entry: PodEntry, pod: Pod, error: InterLinkError): void {
    const { logger, retry } = this.#options;
    if (error.code === 'unimplemented') {
      this.#giveUp(entry, pod);
      return;
    }
    logger.warn({ pod: podName(pod), podUid: uid, err: error }, 'pod not updated yet');
    // Gone there: the stream says so soon.
    if (error.isPassing || error.code === 'not_found') {
      const waitMs = backOffMs(entry.update.failures);
      const heldBackUntilMs = performance.now() + waitMs;
      entry.update = { ...entry.update, failures: entry.update.failures + 1, heldBackUntilMs };
      retry(uid, waitMs);
      return;
    }
    this.#refuse(entry, pod, {
      reason: 'FailedUpdatePod',
      message: refusalMessage('Cannot update the pod at the backend', error.message),
    });
  }

  /** The backend can't change pods at all. */
  #giveUp(entry: PodEntry, pod: Pod): void {
    const changes =
      entry.handed === undefined ? unseenChanges(pod) : changedParts(entry.handed.parts, this.partsOf(pod));
    const message = "The backend can't change a pod that runs";
    this.#refuse(entry, pod, {
      reason: 'UpdateNotSupported',
      message,
      ...(changes.length === 0
        ? { isOld: true }
        : { event: `${message}: ${changes.join(', ')}; make the pod again to have that` }),
    });
  }

  /** It runs on as it was, until its author changes it again. */
  #refuse(
    entry: PodEntry,
    pod: Pod,
    refusal: { reason: string; message: string; event?: string; isOld?: boolean },
  ): void {
    const { reason, message, event = message, isOld = false } = refusal;
    this.#note(entry, pod, this.partsOf(pod));
    const names = (pod.spec?.ephemeralContainers ?? []).map(({ name }) => name);
    const troubles = new Map(names.map((name) => [name, { reason: 'CreateContainerError', message }]));
    if (!isOld && entry.update.told !== event) this.#tell(pod, [{ type: 'Warning', reason, message: event }]);
    entry.update = {
      failures: 0,
      heldBackUntilMs: 0,
      told: isOld ? entry.update.told : event,
      refusal: message,
      troubles,
    };
  }

  #note(entry: PodEntry, pod: Pod, parts: ChangeableParts): void {
    const generation = pod.metadata?.generation ?? 0;
    entry.handed = { generation, parts, epoch: this.#options.mirror.epoch, atMs: performance.now() };
  }

  #tell(pod: Pod, notices: ResolvedUpdate['notices']): void {
    for (const notice of notices) recordNotice(this.#options.events, pod, notice);
  }
}

/** What was changed and not told of before, as far as the pod's status remembers how it was. */
function unseenChanges(pod: Pod): string[] {
  const shown = new Set(pod.status?.ephemeralContainerStatuses?.map(({ name }) => name));
  const isTold = pod.status?.conditions?.some(({ type }) => type === 'PodResizePending') === true;
  const debuggers = (pod.spec?.ephemeralContainers ?? []).filter(({ name }) => !shown.has(name));
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return [
    ...debuggers.map(({ name }) => ephemeral(name)),
    ...(isTold ? [] : wantedResizes(pod, statuses).map(resourcesOf)),
  ];
}
