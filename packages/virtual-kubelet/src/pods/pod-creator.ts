import { type EventRecorder, type KubeClient, objectReference, type Pod } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { type Logger, traced } from '@interlink/service-kit';
import type { Provider } from '../provider.ts';
import type { PodSources } from '../resolve/pod-sources.ts';
import { type NodeFacts, type ResolvedPod, ResolveError, resolvePod } from '../resolve/resolve-pod.ts';
import type { ServiceLinks } from '../resolve/service-links.ts';
import { cleanText, maxEventBytes, toReason } from '../trust/clean-text.ts';
import { adoptionRequest } from './adoption-request.ts';
import { type PodEntry, releaseHold } from './pod-entry.ts';

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

/** Failures that may pass by themselves are tried again soon, and more and more rarely. */
const backOff = { baseMs: 200, maxMs: 30_000 };
/** How often something that needs somebody's hand is tried again by itself. */
const stuckRetryMs = 60_000;

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
      const resolved = await traced('resolve pod', {}, async () => await this.#resolve(pod, signal));
      await traced('create pod', { kind: 'client' }, () => this.#options.provider.createPod(resolved.request, signal));
      this.#onCreated(uid, entry, pod, resolved);
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof ResolveError) this.#onUnresolved(uid, entry, pod, error);
      else this.#onRefused(entry, pod, error);
      return false;
    }
  }

  /** Whether the backend runs the pod after all, though it has not told of it. @throws what keeps it from being known: to be tried again */
  async adopt(pod: Pod, signal: AbortSignal): Promise<boolean> {
    return (await this.#options.provider.adoptPod?.(adoptionRequest(pod), signal)) ?? false;
  }

  async #resolve(pod: Pod, signal: AbortSignal): Promise<ResolvedPod> {
    const { node, services, sources } = this.#options;
    const serviceEnv = await services.envOf(pod, signal);
    return await resolvePod(pod, { objects: sources.reader, node, serviceEnv, signal });
  }

  #onCreated(uid: string, entry: PodEntry, pod: Pod, resolved: ResolvedPod): void {
    this.#options.sources.missing.release(uid);
    releaseHold(entry);
    entry.trouble = undefined;
    entry.toldTrouble = undefined;
    this.#options.onCreated(uid, pod, resolved);
    for (const { type, reason, message } of resolved.notices)
      this.#options.events.record(objectReference(pod), type, reason, message);
    this.#options.logger.info(fieldsOf(pod), 'pod handed to the backend');
  }

  #onUnresolved(uid: string, entry: PodEntry, pod: Pod, error: ResolveError): void {
    entry.trouble = { reason: error.reason, message: error.message };
    if (entry.toldTrouble !== error.message) {
      entry.toldTrouble = error.message;
      for (const { type, reason, message } of error.notices)
        this.#options.events.record(objectReference(pod), type, reason, message);
    }
    entry.heldBackUntilMs = performance.now() + stuckRetryMs;
    this.#options.sources.missing.wait(uid, error.missing, () => {
      releaseHold(entry);
      this.#options.retry(uid, 0);
    });
  }

  #onRefused(entry: PodEntry, pod: Pod, thrown: unknown): void {
    const error = InterLinkError.from(thrown);
    const message = cleanText(error.message, maxEventBytes - 64);
    entry.trouble = { reason: error.isPassing ? 'ContainerCreating' : 'CreateContainerError', message };
    if (entry.toldTrouble !== message) {
      entry.toldTrouble = message;
      this.#options.events.record(
        objectReference(pod),
        'Warning',
        toReason(error.reason) ?? 'FailedCreatePod',
        `Cannot create the pod at the backend: ${message}`,
      );
    }
    const waitMs = error.isPassing
      ? Math.min(backOff.baseMs * 2 ** entry.failures, backOff.maxMs) * (1 + Math.random() / 2)
      : stuckRetryMs;
    entry.failures += 1;
    entry.heldBackUntilMs = performance.now() + waitMs;
    this.#options.logger.warn({ ...fieldsOf(pod), err: error, failures: entry.failures }, 'pod not created yet');
  }
}

function fieldsOf({ metadata }: Pod): { pod: string; podUid: string | undefined } {
  return { pod: `${metadata?.namespace}/${metadata?.name}`, podUid: metadata?.uid };
}
