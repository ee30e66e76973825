import type { LogOptions, PodReport, PodRequest } from '@interlink/protocol';

/** One owner's pods at the sidecar, whatever protocol that speaks. `PodClient` is one. */
export interface OwnerPods {
  createPod(request: PodRequest): Promise<void>;
  deletePod(uid: string, gracePeriodSeconds: number): Promise<void>;
  listPods(): Promise<PodReport[]>;
  logs(uid: string, container: string, options: LogOptions, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}
