import { InterLinkError, type Owner, type Pod, type PodClient, type PodReport } from '@interlink/protocol';
import type { OwnerPods } from './owner-pods.ts';
import type { V1Adapter } from './v1-adapter.ts';

/** An owner's pods at a v2 sidecar. */
export function podsBehindV2(client: PodClient): OwnerPods {
  return {
    createPod: async ({ jobscriptURL, ...request }) => {
      if (jobscriptURL !== undefined && jobscriptURL !== '') throw noJobScript(request.pod, jobscriptURL);
      await client.createPod(request);
    },
    deletePod: async ({ metadata }, gracePeriodSeconds) => await client.deletePod(metadata.uid, gracePeriodSeconds),
    listPods: async () => await client.listPods(),
    reportsOf: async (pods) => only(await client.listPods(), pods),
    rendering: async (uid) => await client.rendering(uid),
    logs: async (uid, container, options, signal) => await client.logs(uid, container, options, signal),
  };
}

/** An owner's pods at a v1 plugin. */
export function podsBehindV1({ backend, service }: V1Adapter, owner: Owner): OwnerPods {
  const listPods = async () => service.logOf(owner).reports();
  return {
    createPod: async (request) => {
      await service.create(request, owner);
    },
    deletePod: async (pod, gracePeriodSeconds) => {
      const { uid } = pod.metadata;
      if (service.logOf(owner).get(uid) === undefined) await backend.deleteUnseen(pod, owner);
      else await service.delete(owner, uid, gracePeriodSeconds);
    },
    listPods,
    reportsOf: async (pods) => {
      await backend.meet(pods, owner);
      return only(await listPods(), pods);
    },
    rendering: async (uid) => await service.rendering({ owner, uid }),
    logs: async (uid, container, options, signal) => await service.logs({ owner, uid }, container, options, signal),
  };
}

function only(reports: ReadonlyArray<PodReport>, pods: ReadonlyArray<Pod>): PodReport[] {
  const uids = new Set(pods.map(({ metadata }) => metadata.uid));
  return reports.filter(({ uid }) => uids.has(uid));
}

function noJobScript({ metadata }: Pod, url: string): InterLinkError {
  return new InterLinkError(
    'failed_precondition',
    `Cannot run pod "${metadata.namespace}/${metadata.name}" by the job script of ${JSON.stringify(url)}: the sidecar of its node speaks v2 and takes no job scripts`,
    { reason: 'JobScriptRefused' },
  );
}
