import type { Pod } from '@interlink/kube';
import { type PodRequest, parsePodRequest } from '@interlink/protocol';
import { requestMetadata } from '../resolve/request-metadata.ts';

/**
 * Enough of a pod to ask the backend whether it runs it: names and images, nothing that would have to be resolved first. What a
 * pod refers to may be gone by then.
 */
export function adoptionRequest(pod: Pod): PodRequest {
  const named = ({ name, image }: { name: string; image?: string }) => ({
    name,
    ...(image === undefined ? {} : { image }),
  });
  const { nodeName, restartPolicy, terminationGracePeriodSeconds, initContainers, containers = [] } = pod.spec ?? {};
  const spec = {
    nodeName,
    restartPolicy,
    terminationGracePeriodSeconds,
    initContainers: initContainers?.map(named),
    containers: containers.map(named),
  };
  // Through JSON, as it will go over the wire: absent members are left out.
  return parsePodRequest(
    JSON.parse(JSON.stringify({ pod: { metadata: requestMetadata(pod.metadata ?? {}), spec }, volumes: [] })),
  );
}
