/**
 * A Kubernetes API client for node agents.
 *
 *   types.ts, resource-type.ts   objects as they are on the wire; which kinds there are and where
 *   kubeconfig/                  where the cluster is and how to log in: `loadClusterAccess`
 *   client/                      REST and watch over one keep-alive pool: `KubeClient`, and its errors
 *   reflector/                   a copy of a collection that stays up to date: `Reflector`; in some namespaces only: `NamespacedReflector`
 *   queue/                       keys to bring up to date, one worker per key: `WorkQueue`
 *   patch/                       strategic merge patches of pod and node status
 *   events/                      events for `kubectl describe`, in moderation: `EventRecorder`
 *   leader-election/             one of several processes at a time: `LeaderElector`
 *   backoff.ts, micro-time.ts, quantity.ts, sleep.ts   one small thing each
 */
export { Backoff, type BackoffOptions } from './backoff.ts';
export {
  type DeleteOptions,
  type GetOptions,
  KubeClient,
  type KubeClientOptions,
  type KubeList,
  type ListOptions,
  type PatchOptions,
  type RequestOptions,
} from './client/kube-client.ts';
export {
  isAlreadyExists,
  isConflict,
  isForbidden,
  isGone,
  isNotFound,
  isUidMismatch,
  KubeStatusError,
  KubeTransportError,
  type KubeTransportErrorCode,
} from './client/kube-errors.ts';
export type { KubeRequest, RequestObserver } from './client/transport.ts';
export type { WatchEvent, WatchOptions } from './client/watch-events.ts';
export { EventRecorder, type EventRecorderOptions } from './events/event-recorder.ts';
export { type ObjectReference, objectReference } from './events/object-reference.ts';
export type { ClusterAccess, Credentials, TlsMaterial } from './kubeconfig/cluster-access.ts';
export { type LoadClusterAccessOptions, loadClusterAccess } from './kubeconfig/load-cluster-access.ts';
export { type LeaderClock, realClock } from './leader-election/leader-clock.ts';
export { LeaderElector, type LeaderElectorOptions } from './leader-election/leader-elector.ts';
export { Leadership, LeadershipLostError } from './leader-election/leadership.ts';
export { microTime } from './micro-time.ts';
export { nodeStatusPatch, podStatusPatch } from './patch/status-patch.ts';
export { type MergeKeys, twoWayMergePatch } from './patch/strategic-merge.ts';
export { parseQuantity, quantityToBytes, quantityToMillis } from './quantity.ts';
export { type QueueObserver, type StartTimer, WorkQueue, type WorkQueueOptions } from './queue/work-queue.ts';
export { NamespacedReflector, type NamespacedReflectorOptions } from './reflector/namespaced-reflector.ts';
export { Reflector, type ReflectorOptions, type ReflectorTrouble } from './reflector/reflector.ts';
export {
  certificateSigningRequests,
  clusterTrustBundles,
  configMaps,
  events,
  leases,
  namespaces,
  nodes,
  type ObjectPath,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type ResourceType,
  resourcePath,
  secrets,
  selfSubjectAccessReviews,
  selfSubjectReviews,
  serviceAccounts,
  serviceAccountTokens,
  services,
  subjectAccessReviews,
  tokenReviews,
} from './resource-type.ts';
export { type Sleep, sleep } from './sleep.ts';
export type * from './types.ts';
