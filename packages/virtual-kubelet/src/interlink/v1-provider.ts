import { InterLinkError, type Owner, type PodRequest } from '@interlink/protocol';
import type { PodService } from '@interlink/sidecar-sdk';
import type { Provider } from '../provider.ts';

/** What protocol v1 has of a provider. */
export type V1Provider = Required<
  Pick<Provider, 'capabilities' | 'createPod' | 'adoptPod' | 'deletePod' | 'watchPods' | 'logs'>
>;

/** One node's pods at an InterLink server that speaks v1: the service polls it, and is read like a stream of v2. */
export function v1Provider(service: PodService, owner: Owner): V1Provider {
  return {
    capabilities: async () => await service.capabilities(),
    createPod: async (request) => {
      await service.create(request, owner);
    },
    adoptPod: async (request) => await adopt(service, request, owner),
    deletePod: async (uid, gracePeriodSeconds) => await service.delete(owner, uid, gracePeriodSeconds),
    // Once InterLink is out of reach, so are its pods: the next try to follow them is told why.
    watchPods: ({ cursor, signal }) =>
      service.logOf(owner).watch({ cursor, signal: AbortSignal.any([signal, service.troubled]) }),
    logs: async (uid, container, options, signal) => await service.logs({ owner, uid }, container, options, signal),
  };
}

async function adopt(service: PodService, request: PodRequest, owner: Owner): Promise<boolean> {
  try {
    await service.adopt(request, owner);
    return true;
  } catch (error) {
    if (error instanceof InterLinkError && error.code === 'not_found') return false;
    throw error;
  }
}
