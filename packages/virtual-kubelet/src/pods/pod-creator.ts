import { type EventRecorder, type KubeClient, objectReference, type Pod } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { type Logger, traced } from '@interlink/service-kit';
import type { Provider } from '../provider.ts';
import type { PodSources } from '../resolve/pod-sources.ts';
import {
  type MissingObject,
  type NodeFacts,
  type ResolvedPod,
  ResolveError,
  type ResolveNotice,
  type ResolvePodOptions,
  resolvePod,
} from '../resolve/resolve-pod.ts';
import type { ServiceLinks } from '../resolve/service-links.ts';
import { notOffloaded } from '../status/pod-status.ts';
import { cleanText, maxEventBytes, toReason } from '../trust/clean-text.ts';
import { adoptionRequest } from './adoption-request.ts';
import { offloadedPod } from './offloaded-pod.ts';
import { withDeadlineLeft } from './pod-deadline.ts';
import { type PodEntry, releaseHold } from './pod-entry.ts';
import { podName } from './pod-name.ts';
import { recordNotice } from './record-notice.ts';
import { refusalMessage } from './refusal-message.ts';
import { backOffMs, stuckRetryMs } from './retry-delays.ts';
import { isUnclear } from './unclear-create.ts';

export interface PodCreatorOptions {
  readonly client: KubeClient;
  readonly provider: Pick<Provider, 'createPod' | 'adoptPod'>;
  readonly node: NodeFacts;
  readonly services: Pick<ServiceLinks, 'envOf'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Logger;
  readonly sources: PodSources;
  /** Default: all. */
  readonly namespaces?: readonly string[] | undefined;
  retry(uid: string, delayMs: number): void;
  /** The backend has the pod, made from this. */
  onCreated(uid: string, pod: Pod, resolved: ResolvedPod): void;
}

/**
 * Resolves a pod and hands it to the backend. What goes wrong is left on the entry as the containers' waiting reason and told
 * once as events; no failure ever fails the pod.
 */
export class PodCreator {
  readonly #options: PodCreatorOptions;

  constructor(options: PodCreatorOptions) {
    this.#options = options;
  }

  /** The pod no longer waits for an object. */
  release(uid: string): void {
    this.#options.sources.missing.release(uid);
  }

  /** @returns true when the backend has it; false when it is held back, with the reason and the time on the entry */
  async create(uid: string, entry: PodEntry, signal: AbortSignal): Promise<boolean> {
    const pod = entry.pod;
    if (pod === undefined) return false;
    try {
      const offloaded = offloadedPod(pod);
      if (offloaded.pod.spec?.containers.length === 0) throw nothingToRun();
      const resolved = await traced('resolve pod', {}, async () => {
        return await resolvePod(offloaded.pod, await this.sourcesOf(pod, signal));
      });
      resolved.notices.push(...offloaded.unknown.map(noSuchContainer));
      const request = withDeadlineLeft(resolved.request, pod, Date.now());
      await traced('create pod', { kind: 'client' }, () => this.#options.provider.createPod(request, signal));
      this.#onCreated(uid, entry, pod, resolved);
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof ResolveError) this.#onUnresolved(uid, entry, pod, error);
      else this.#onRefused(entry, pod, error);
      return false;
    }
  }

  /** What a pod is resolved from. */
  async sourcesOf(pod: Pod, signal: AbortSignal): Promise<ResolvePodOptions> {
    const { node, services, sources } = this.#options;
    const serviceEnv = await services.envOf(pod, signal);
    return { objects: sources.reader, node, serviceEnv, signal };
  }

  /** The pod is looked at again as soon as one of the objects appears. */
  waitFor(uid: string, missing: ReadonlyArray<MissingObject>, onAppeared: () => void): void {
    this.#options.sources.missing.wait(uid, missing, () => {
      onAppeared();
      this.#options.retry(uid, 0);
    });
  }

  /** Whether the backend runs the pod after all, though it has not told of it. @throws what keeps it from being known: to be tried again */
  async adopt(pod: Pod, signal: AbortSignal): Promise<boolean> {
    return (await this.#options.provider.adoptPod?.(adoptionRequest(offloadedPod(pod).pod), signal)) ?? false;
  }

  #onCreated(uid: string, entry: PodEntry, pod: Pod, resolved: ResolvedPod): void {
    this.#options.sources.missing.release(uid);
    releaseHold(entry);
    entry.isCreateUnclear = false;
    entry.trouble = undefined;
    entry.toldTrouble = undefined;
    this.#options.onCreated(uid, pod, resolved);
    this.#tell(pod, resolved.notices);
    this.#options.logger.info(fieldsOf(pod), 'pod handed to the backend');
  }

  #onUnresolved(uid: string, entry: PodEntry, pod: Pod, error: ResolveError): void {
    entry.trouble = { reason: error.reason, message: error.message };
    if (entry.toldTrouble !== error.message) {
      entry.toldTrouble = error.message;
      this.#tell(pod, error.notices);
    }
    entry.heldBackUntilMs = performance.now() + stuckRetryMs;
    this.waitFor(uid, error.missing, () => releaseHold(entry));
  }

  #tell(pod: Pod, notices: ResolvedPod['notices']): void {
    for (const notice of notices) recordNotice(this.#options.events, pod, notice);
  }

  #onRefused(entry: PodEntry, pod: Pod, thrown: unknown): void {
    const error = InterLinkError.from(thrown);
    entry.isCreateUnclear ||= isUnclear(error);
    const message = cleanText(error.message, maxEventBytes - 64);
    const reason = toReason(error.reason);
    entry.trouble = { reason: reason ?? (error.isPassing ? 'ContainerCreating' : 'CreateContainerError'), message };
    if (entry.toldTrouble !== message) {
      entry.toldTrouble = message;
      this.#options.events.record(
        objectReference(pod),
        'Warning',
        reason ?? 'FailedCreatePod',
        refusalMessage('Cannot create the pod at the backend', message),
      );
    }
    const waitMs = error.isPassing ? backOffMs(entry.failures) : stuckRetryMs;
    entry.failures += 1;
    entry.heldBackUntilMs = performance.now() + waitMs;
    this.#options.logger.warn({ ...fieldsOf(pod), err: error, failures: entry.failures }, 'pod not created yet');
  }
}

function fieldsOf(pod: Pod): { pod: string; podUid: string | undefined } {
  return { pod: podName(pod), podUid: pod.metadata?.uid };
}

/** All of the pod is for others to run: it waits until its author changes that. */
function nothingToRun(): ResolveError {
  const message = 'All containers are left out by annotation interlink.eu/disable-offload-containers';
  return new ResolveError(message, {
    reason: notOffloaded,
    notices: [{ type: 'Warning', reason: notOffloaded, message }],
  });
}

function noSuchContainer(name: string): ResolveNotice {
  const message = `Annotation interlink.eu/disable-offload-… names container "${name}", which the pod does not have`;
  return { type: 'Warning', reason: 'NoSuchContainer', message };
}
