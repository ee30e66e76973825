import type { Container, ContainerKind, ContainerStatus, InterLinkError, Pod, PodReport } from '@interlink/protocol';
import { declared } from '../facts/build-facts.ts';

/** What can be said of a pod that is there and that nobody could read since this process began: no container counts as ended. */
export function toUnreadReport(pod: Pod, { message }: InterLinkError): PodReport {
  const { uid, namespace, name, generation = 0 } = pod.metadata;
  const ofKinds = (...kinds: ContainerKind[]): ContainerStatus[] =>
    declared(pod).flatMap(({ kind, spec }) => (kinds.includes(kind) ? [toStatus(spec, message)] : []));
  const init = ofKinds('init', 'sidecar');
  return {
    ...{ uid, namespace, name },
    status: {
      ...(init.length === 0 ? {} : { initContainerStatuses: init }),
      containerStatuses: ofKinds('container'),
      ...(generation === 0 ? {} : { observedGeneration: generation }),
    },
  };
}

function toStatus({ name, image = '' }: Container, message: string): ContainerStatus {
  const state = { waiting: { reason: 'ContainerStatusUnknown', message } };
  return { name, state, ready: false, restartCount: 0, image, imageID: '' };
}
