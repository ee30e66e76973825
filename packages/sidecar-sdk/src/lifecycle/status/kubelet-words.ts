import type { ContainerState } from '@interlink/protocol';

type Terminated = NonNullable<ContainerState['terminated']>;

/** What the kubelet says of an init container that is gone while the pod runs. */
export const initForgotten: Terminated = {
  exitCode: 0,
  reason: 'Completed',
  message:
    'Unable to get init container status from container runtime and pod has been initialized, treat it as exit normally',
};

/** A container that never ran and never will. @param finishedAt RFC 3339 */
export function neverRan(finishedAt: string): Terminated {
  return {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    finishedAt,
  };
}
