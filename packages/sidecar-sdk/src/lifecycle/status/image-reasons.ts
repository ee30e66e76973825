/** Kubernetes' reasons for a container that waits for its image: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go */
export type ImageReason = 'InvalidImageName' | 'ImageInspectError' | 'ErrImageNeverPull' | PullFailureReason;

/** A pull failed, and is tried again after a while, in which the container waits for `ImagePullBackOff`. */
export type PullFailureReason = 'ErrImagePull' | 'RegistryUnavailable';

export function isPullFailure(reason: string): reason is PullFailureReason {
  return reason === 'ErrImagePull' || reason === 'RegistryUnavailable';
}

export function isImageReason(reason: string): reason is ImageReason {
  return isPullFailure(reason) || ['InvalidImageName', 'ImageInspectError', 'ErrImageNeverPull'].includes(reason);
}

/** What the container waits for between two pulls, in the kubelet's words. */
export function toPullBackOff(image: string, reason: PullFailureReason, message: string) {
  return { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ${reason}: ${message}` };
}
