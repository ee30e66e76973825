import {
  type CreateStruct,
  fromLogStruct,
  fromPodCreateRequests,
  InterLinkError,
  type Owner,
  ownerKey,
  type Pod,
  parseLogStruct,
  parsePodCreateRequests,
  parseV1Pod,
  parseV1Pods,
  toV1PodStatus,
  type V1PodStatus,
  v1Owner,
} from '@interlink/protocol';
import { sendBytes } from '@interlink/service-kit';
import type { FastifyInstance } from 'fastify';
import type { RouteTable } from '../sidecar/routing/route-table.ts';
import { OwnerMemory } from './owner-memory.ts';
import { readJson } from './read-json.ts';

const defaultGracePeriodSeconds = 30;

/** Protocol v1 as a virtual kubelet of another release speaks it to InterLink. Any verb is taken: clients in the field differ. */
export function serveV1(app: FastifyInstance, routes: RouteTable): void {
  const owners = new OwnerMemory();

  app.all('/pinglink', async (_request, reply) => reply.type('application/json').send(await routes.ping()));

  // Its status is the sidecar's to tell, and asked for when it is wanted: whose it is, is all there is to keep.
  app.all('/updateCache', async (request, reply) => {
    const pod = parseV1Pod(await readJson(request));
    owners.remember(pod.metadata.uid, v1Owner(pod));
    return await reply.type('text/plain; charset=utf-8').send('Updated cache');
  });

  app.all('/create', async (request): Promise<CreateStruct> => {
    const asked = parsePodCreateRequests(await readJson(request));
    const create = fromPodCreateRequests(asked);
    const { uid } = create.pod.metadata;
    const owner = v1Owner(create.pod);
    owners.remember(uid, owner);
    const pods = await routes.podsOf(owner);
    await pods.createPod({ ...create, jobscriptURL: asked.jobscriptURL });
    const report = (await pods.listPods()).find((candidate) => candidate.uid === uid);
    return { PodUID: uid, PodJID: report?.status.jobID ?? uid };
  });

  app.all('/delete', async (request) => {
    const pod = parseV1Pod(await readJson(request));
    const grace = pod.spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
    await (await routes.podsOf(v1Owner(pod))).deletePod(pod, grace);
    return {};
  });

  app.all('/status', async (request): Promise<V1PodStatus[]> => {
    const asked = parseV1Pods((await readJson(request)) ?? []);
    const byOwner = new Map<string, { owner: Owner; pods: Pod[] }>();
    for (const pod of asked) {
      const owner = v1Owner(pod);
      owners.remember(pod.metadata.uid, owner);
      const group = byOwner.get(ownerKey(owner)) ?? { owner, pods: [] };
      group.pods.push(pod);
      byOwner.set(ownerKey(owner), group);
    }
    const answers = await Promise.all(
      [...byOwner.values()].map(async ({ owner, pods }) => await (await routes.podsOf(owner)).reportsOf(pods)),
    );
    return answers.flat().map(toV1PodStatus);
  });

  app.all('/getLogs', async (request, reply) => {
    const { uid, container, options } = fromLogStruct(parseLogStruct(await readJson(request)));
    const owner = owners.recall(uid);
    if (owner === undefined)
      throw new InterLinkError('not_found', `No pod ${uid} is known here yet: its next status tells of it`);
    const pods = await routes.podsOf(owner);
    await sendBytes(request, reply, (signal) => pods.logs(uid, container, options, signal));
    return reply;
  });
}
