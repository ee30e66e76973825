import { InterLinkError } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { type ContainerLabels, type PodLabels, parseIdentity, parseLabels } from '../identity/labels.ts';

/** A pod that the engine lists, and of which a container can't be read now. */
export interface UnreadPod {
  /** As much as the list tells. */
  readonly pod: PodLabels;
  /** Labels of its containers that may run, now or later. */
  readonly live: ReadonlyArray<ContainerLabels>;
  readonly error: InterLinkError;
}

/**
 * What a list tells of such a pod; undefined when it does not even say whose it is.
 * @throws InterLinkError `unavailable` when it is the engine that does not answer, and not the container
 */
export function toUnreadPod(listed: ReadonlyArray<Docker.ContainerInfo>, thrown: unknown): UnreadPod | undefined {
  const error = InterLinkError.from(thrown);
  if (error.code === 'unavailable') throw error;
  const parsed = listed.flatMap(({ Labels, State: state }) => {
    const labels = parseLabels(Labels);
    return labels === undefined ? [] : [{ ...labels, state }];
  });
  const pod = parsed[0]?.pod ?? listed.map(({ Labels }) => parseIdentity(Labels)).find((one) => one !== undefined);
  const live = parsed.filter(({ state }) => state !== 'exited' && state !== 'dead').map(({ container }) => container);
  return pod && { pod, live, error };
}
