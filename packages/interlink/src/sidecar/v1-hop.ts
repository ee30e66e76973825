import { type PodRequest, type TargetRequest, toPodCreateRequests, toRetrievedPodData } from '@interlink/protocol';

/** Where the two hops of protocol v1 differ: Virtual Kubelet to InterLink, and InterLink to sidecar. */
export interface V1Hop {
  /** Who answers, in messages. */
  readonly peer: string;
  readonly ping: TargetRequest;
  readonly deleteMethod: 'POST' | 'DELETE';
  toCreate(request: PodRequest): object;
}

export const toSidecar: V1Hop = {
  peer: 'The sidecar',
  ping: { method: 'GET', path: '/status', body: '[]' },
  deleteMethod: 'POST',
  toCreate: toRetrievedPodData,
};

export const toInterLink: V1Hop = {
  peer: 'InterLink',
  ping: { method: 'POST', path: '/pinglink' },
  deleteMethod: 'DELETE',
  toCreate: toPodCreateRequests,
};
