import type { LogOptions, Pod, PodReport, Rendering } from '@interlink/protocol';
import type { V1PodRequest } from './job-scripts.ts';

/** One owner's pods at the sidecar, whatever protocol that speaks, as callers of v1 see them. */
export interface OwnerPods {
  /** @throws InterLinkError `failed_precondition` also for a job script that this sidecar has no use for */
  createPod(request: V1PodRequest): Promise<void>;
  deletePod(pod: Pod, gracePeriodSeconds: number): Promise<void>;
  listPods(): Promise<PodReport[]>;
  /** Of those among these that are there. A v1 plugin is not asked, but for pods that nobody has asked for before. */
  reportsOf(pods: ReadonlyArray<Pod>): Promise<PodReport[]>;
  /** What the backend was given for a pod. @throws InterLinkError `unimplemented` by a sidecar that can't tell */
  rendering(uid: string): Promise<Rendering>;
  logs(uid: string, container: string, options: LogOptions, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}
