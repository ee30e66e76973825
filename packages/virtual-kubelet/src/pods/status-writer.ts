import {
  isConflict,
  isNotFound,
  isUidMismatch,
  type KubeClient,
  type Pod,
  type PodStatus,
  podStatusPatch,
  pods,
} from '@interlink/kube';
import { jobAnnotation, type PodReport } from '@interlink/protocol';
import { traced } from '@interlink/service-kit';
import { type PodTrouble, podStatus } from '../status/pod-status.ts';
import type { PodEntry } from './pod-entry.ts';
import { takePod } from './pod-entry.ts';
import { withoutManagedFields } from './without-managed-fields.ts';

export interface StatusWriterOptions {
  readonly client: Pick<KubeClient, 'list' | 'patch'>;
  readonly hostIP: string;
}

export interface WriteOptions {
  /** Annotations that the pod is to have beside what it has. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
}

export interface ReportOptions {
  /** The pod goes: see `podStatus`. */
  readonly isFinal: boolean;
  /** Why the pod is failed, by us. */
  readonly failure?: PodTrouble | undefined;
}

/** Writes pod status: one PATCH per change with only what changed, the UID as its precondition, foreign conditions untouched. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /**
   * Brings the API's status in line with the report.
   * @returns true when something was written
   * @throws KubeStatusError when the API refuses; a pod that is gone or was replaced is no error
   */
  async write(entry: PodEntry, report: PodReport | undefined, options: WriteOptions & ReportOptions): Promise<boolean> {
    const pod = entry.pod;
    if (pod === undefined) return false;
    const wanted = podStatus({
      pod,
      report,
      trouble: entry.trouble,
      hostIP: this.#options.hostIP,
      now: Date.now(),
      isFinal: options.isFinal,
      failure: options.failure,
      update: entry.handed === undefined ? undefined : entry.update,
    });
    const jobID = report?.status.jobID;
    const annotations = {
      ...options.annotations,
      ...(jobID === undefined || jobID === '' ? {} : { [jobAnnotation]: jobID }),
    };
    return await this.writeStatus(entry, wanted, { ...options, annotations });
  }

  /** Brings the API's status in line with this one, as {@link write} does. */
  async writeStatus(entry: PodEntry, wanted: PodStatus, options: WriteOptions): Promise<boolean> {
    const pod = entry.pod;
    const uid = pod?.metadata?.uid;
    if (pod === undefined || uid === undefined) return false;
    const patch = withAnnotations(pod, podStatusPatch(uid, pod.status, wanted), options.annotations);
    if (patch === undefined) return false;
    const { namespace, name } = pod.metadata ?? {};
    const path = { namespace, name, subresource: 'status' };
    try {
      const written: Pod = await traced('write status', { kind: 'client' }, () =>
        this.#options.client.patch(pods, path, patch, { kind: 'strategic-merge', signal: options.signal }),
      );
      entry.trace?.onWritten(written.status?.phase);
      // The watch may have told of the pod's end before this answer came: it must not come back.
      if (entry.pod !== undefined) takePod(entry, withoutManagedFields(written));
      return true;
    } catch (error) {
      // Gone, or another pod of the same name: the watch will say so.
      if (isNotFound(error) || isUidMismatch(error)) return false;
      // The next try starts from what is there now.
      if (isConflict(error)) await this.#refetch(entry, pod, options.signal);
      throw error;
    }
  }

  async #refetch(entry: PodEntry, { metadata, spec }: Pod, signal: AbortSignal): Promise<void> {
    const { namespace, name, uid } = metadata ?? {};
    const { nodeName } = spec ?? {};
    // The selector of the node's own watch: who may not read single pods may ask so, and so may a node's identity.
    const fieldSelector = `metadata.name=${name},spec.nodeName=${nodeName}`;
    const { items } = await this.#options.client.list(pods, { namespace }, { fieldSelector, signal });
    const newest = items.find((item) => item.metadata?.uid === uid);
    if (newest !== undefined && entry.pod !== undefined) takePod(entry, withoutManagedFields(newest));
  }
}

/** The API takes annotations with a status; an account that may write that needs no further right. */
function withAnnotations(
  pod: Pod,
  patch: object | undefined,
  annotations: Readonly<Record<string, string>> = {},
): object | undefined {
  const missing = Object.entries(annotations).filter(([key, value]) => pod.metadata?.annotations?.[key] !== value);
  if (missing.length === 0) return patch;
  return { ...patch, metadata: { uid: pod.metadata?.uid, annotations: Object.fromEntries(missing) } };
}
