import { type EventRecorder, type KubeClient, NamespacedReflector, type Pod, pods, WorkQueue } from '@interlink/kube';
import type { Capabilities, PodEvent, PodReport } from '@interlink/protocol';
import { type Logger, type Tracer, withSpan } from '@interlink/service-kit';
import type { Admission } from '../admission/admission.ts';
import { isReportedOnly } from '../admission/daemon-set-pod.ts';
import type { KubeletMetrics } from '../metrics/kubelet-metrics.ts';
import type { Provider } from '../provider.ts';
import type { NodeFacts } from '../resolve/resolve-pod.ts';
import type { ServiceLinks } from '../resolve/service-links.ts';
import { isTerminal } from '../status/terminal-phase.ts';
import type { PodAddresses } from '../trust/pod-addresses.ts';
import { RecordGuard } from '../trust/record-guard.ts';
import { BackendMirror } from './backend-mirror.ts';
import { isMirrorPod } from './mirror-pod.ts';
import { hasBegun } from './next-step.ts';
import { newPodEntry, type PodEntry, releaseHold, takePod } from './pod-entry.ts';
import { podName } from './pod-name.ts';
import { PodSync } from './pod-sync.ts';
import { PodTrace } from './pod-trace.ts';
import { recordNotice } from './record-notice.ts';
import { withoutManagedFields } from './without-managed-fields.ts';

export interface PodControllerOptions {
  readonly client: KubeClient;
  readonly provider: Provider;
  readonly node: NodeFacts;
  readonly services: Pick<ServiceLinks, 'envOf'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Logger;
  readonly admission: Admission;
  /** What a backend may call a pod's address. */
  readonly podAddresses: PodAddresses;
  readonly tracer?: Tracer | undefined;
  /** The only namespaces whose pods are taken care of; default: all. */
  readonly namespaces?: readonly string[] | undefined;
  /** Pods in work at one time. */
  readonly workers: number;
  /** What the backend can do, as far as it is known. */
  capabilities(): Capabilities | undefined;
  readonly metrics?: KubeletMetrics | undefined;
  onCapabilities(capabilities: Capabilities): void;
  /** The backend has come within reach, or has gone out of it. */
  onReach(): void;
}

/** Retries after the Kubernetes API refused something: quick at first, for a passing hiccup, never rarer than twice a minute. */
const backoff = { baseMs: 200, maxMs: 30_000 };

/**
 * Makes the backend run what the API wants on this node, and the API show what the backend runs. Two streams feed it, the
 * API's watch on `spec.nodeName` and the backend's; whatever changes puts one pod's UID into a queue, and {@link PodSync} does
 * the next thing for it. Nothing is done per tick.
 */
export class PodController {
  readonly #options: PodControllerOptions;
  readonly #reflector: NamespacedReflector<Pod>;
  readonly #mirror: BackendMirror;
  readonly #queue: WorkQueue;
  readonly #sync: PodSync;
  readonly #entries = new Map<string, PodEntry>();
  readonly #uidsByName = new Map<string, string>();

  constructor(options: PodControllerOptions) {
    this.#options = options;
    const { logger, client, node } = options;
    const guard = new RecordGuard({
      findPod: (uid) => this.#entries.get(uid)?.pod,
      isHeld: (uid) => this.#mirror.get(uid) !== undefined,
      addresses: options.podAddresses,
      hostIP: node.hostIP,
      logger,
    });
    this.#mirror = new BackendMirror({
      provider: { watchPods: (from) => guard.guard(options.provider.watchPods(from)) },
      logger,
      onReport: (uid) => {
        this.#account(uid, this.#entries.get(uid));
        this.#entries.get(uid)?.trace?.onReport();
        this.#queue.add(uid);
      },
      onGone: (uid, last, isTold) => {
        const entry = this.#entries.get(uid);
        if (entry !== undefined) {
          entry.lastReport = last;
          entry.isToldGone = isTold;
          entry.created = undefined;
        }
        this.#account(uid, entry);
        this.#queue.add(uid);
      },
      onEvent: (uid, event) => this.#onBackendEvent(uid, event),
      onCapabilities: options.onCapabilities,
      onLost: () => options.metrics?.backend.onStreamLost(),
      onReach: () => {
        for (const [uid, entry] of this.#entries) if (this.#isUnsettled(uid, entry)) this.#wake(uid, entry);
        if (this.#mirror.reach === 'known') this.#sync.onReach();
        options.onReach();
      },
    });
    this.#reflector = new NamespacedReflector<Pod>({
      client,
      type: pods,
      namespaces: options.namespaces,
      fieldSelector: `spec.nodeName=${node.name}`,
      transform: withoutManagedFields,
      onAdd: (pod) => this.#onPod(pod),
      onUpdate: (_before, pod) => this.#onPod(pod),
      onDelete: (pod) => this.#onPodGone(pod),
      // What the backend holds and the API no longer wants, deleted while nobody looked.
      onSynced: () => {
        for (const uid of this.#mirror.uids()) this.#queue.add(uid);
      },
      onTrouble: (err, context) => logger.warn({ err, context }, 'watching pods'),
    });
    this.#queue = new WorkQueue({
      concurrency: options.workers,
      observer: options.metrics?.podQueue,
      backoff,
      process: async (uid, signal) => await this.#process(uid, signal),
      onError: (uid, err, attempt) => logger.warn({ ...this.#fieldsOf(uid), err, attempt }, 'pod not in line yet'),
    });
    this.#sync = new PodSync({
      ...options,
      mirror: this.#mirror,
      retry: (uid, delayMs) => this.#queue.addAfter(uid, delayMs),
    });
  }

  /** Resolved when the pods of this node are known and being worked on. */
  get ready(): Promise<void> {
    return this.#reflector.synced;
  }

  get mirror(): Pick<BackendMirror, 'reach' | 'trouble'> {
    return this.#mirror;
  }

  async run(signal: AbortSignal): Promise<void> {
    const reflecting = this.#reflector.run(signal);
    await Promise.race([this.#reflector.synced, reflecting]);
    await Promise.all([reflecting, this.#mirror.run(signal), this.#queue.run(signal), this.#sync.run(signal)]);
  }

  /** For the kubelet port. */
  find(namespace: string, name: string): { pod: Pod; report: PodReport | undefined } | undefined {
    const uid = this.#uidsByName.get(`${namespace}/${name}`);
    const pod = uid === undefined ? undefined : this.#entries.get(uid)?.pod;
    return uid === undefined || pod === undefined || isMirrorPod(pod)
      ? undefined
      : { pod, report: this.#mirror.get(uid) };
  }

  *all(): Iterable<Pod> {
    for (const { pod } of this.#entries.values()) if (pod !== undefined && !isMirrorPod(pod)) yield pod;
  }

  /** The backend, or the node, has become another: what admission kept waiting is judged anew. */
  rejudge(): void {
    for (const [uid, { isHeld }] of this.#entries) if (isHeld) this.#queue.add(uid);
  }

  async #process(uid: string, signal: AbortSignal): Promise<void> {
    const entry = this.#entryOf(uid);
    const pods = this.#options.metrics?.pods;
    const report = this.#mirror.get(uid);
    const startedAt = performance.now();
    const isForgotten = await withSpan(entry.trace?.current, () => this.#sync.advance(uid, entry, signal)).finally(
      () => {
        pods?.onWorked(entry.pod, report !== undefined, performance.now() - startedAt);
      },
    );
    pods?.starts.reported(uid, report);
    if (isForgotten && entry.pod === undefined) {
      pods?.starts.forget(uid);
      entry.trace?.onForgotten();
      this.#entries.delete(uid);
      this.#queue.forget(uid);
    }
  }

  #onPod(pod: Pod): void {
    const { tracer, node } = this.#options;
    const uid = pod.metadata?.uid ?? '';
    const entry = this.#entryOf(uid);
    // Its author has changed it: what was in the way may be gone.
    if (entry.pod?.metadata?.generation !== pod.metadata?.generation) releaseHold(entry);
    takePod(entry, pod);
    this.#account(uid, entry);
    this.#uidsByName.set(podName(pod), uid);
    entry.trace ??= tracer && new PodTrace(tracer, node.name);
    entry.trace?.onSeen(pod);
    this.#options.metrics?.pods.starts.seen(uid, pod);
    this.#queue.add(uid);
  }

  #onPodGone(pod: Pod): void {
    const uid = pod.metadata?.uid ?? '';
    const entry = this.#entries.get(uid);
    if (entry !== undefined) {
      entry.pod = undefined;
      entry.isRemoved = true;
      entry.trace?.onGone();
    }
    this.#account(uid, entry);
    if (this.#uidsByName.get(podName(pod)) === uid) this.#uidsByName.delete(podName(pod));
    this.#queue.add(uid);
  }

  /** A pod takes up room from when it was let in until neither the API nor the backend has it at work. */
  #account(uid: string, entry: PodEntry | undefined): void {
    const { admission } = this.#options;
    const isAtBackend = this.#mirror.get(uid) !== undefined;
    const pod = entry?.pod;
    if (pod === undefined) {
      if (!isAtBackend) admission.vacate(uid);
    } else if (isTerminal(pod.status?.phase) || isReportedOnly(pod)) {
      admission.vacate(uid);
    } else if (isAtBackend || hasBegun(pod)) admission.occupy(pod);
  }

  #onBackendEvent(uid: string, event: PodEvent): void {
    const pod = this.#entries.get(uid)?.pod;
    this.#options.metrics?.pods.starts.event(uid, event.reason);
    if (pod !== undefined) recordNotice(this.#options.events, pod, event);
  }

  /** What the backend's coming or going makes a difference to; all others have a report, and hear of changes by themselves. */
  #isUnsettled(uid: string, entry: PodEntry): boolean {
    const { pod } = entry;
    const report = this.#mirror.get(uid);
    return (
      report === undefined ||
      report.incomplete === true ||
      this.#sync.isBehind(uid, entry) ||
      pod?.metadata?.deletionTimestamp !== undefined ||
      pod === undefined
    );
  }

  #wake(uid: string, entry: PodEntry): void {
    releaseHold(entry);
    this.#queue.add(uid);
  }

  /** For a log line about it. */
  #fieldsOf(uid: string): { pod: string | undefined; podUid: string } {
    const pod = this.#entries.get(uid)?.pod;
    return { pod: pod === undefined ? undefined : podName(pod), podUid: uid };
  }

  #entryOf(uid: string): PodEntry {
    let entry = this.#entries.get(uid);
    if (entry === undefined) {
      entry = newPodEntry();
      this.#entries.set(uid, entry);
    }
    return entry;
  }
}
