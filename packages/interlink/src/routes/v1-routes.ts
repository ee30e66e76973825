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
import { type Access, sendBytes } from '@interlink/service-kit';
import type { FastifyInstance } from 'fastify';
import type { Guard } from '../auth/guard.ts';
import type { RouteTable } from '../sidecar/routing/route-table.ts';
import { OwnerMemory } from './owner-memory.ts';
import { readJson } from './read-json.ts';

const defaultGracePeriodSeconds = 30;

/** Protocol v1 as a virtual kubelet of another release speaks it to InterLink. Any verb is taken: clients in the field differ. */
export function serveV1(app: FastifyInstance, routes: RouteTable, guard: Guard): void {
  const owners = new OwnerMemory();

  app.all('/pinglink', async (request, reply) => {
    guard.assertAnything(request);
    return await reply.type('application/json').send(await routes.ping());
  });

  // Its status is the sidecar's to tell, and asked for when it is wanted: whose it is, is all there is to keep.
  app.all('/updateCache', async (request, reply) => {
    const pod = parseV1Pod(await readJson(request));
    const owner = v1Owner(pod);
    guard.authorise(request, { owner, verb: 'update', uid: pod.metadata.uid, pool: routes.poolOf(owner) });
    owners.remember(pod.metadata.uid, owner);
    return await reply.type('text/plain; charset=utf-8').send('Updated cache');
  });

  app.all('/create', async (request): Promise<CreateStruct> => {
    const asked = parsePodCreateRequests(await readJson(request));
    const create = fromPodCreateRequests(asked);
    const { uid } = create.pod.metadata;
    const owner = v1Owner(create.pod);
    guard.authorise(request, { owner, verb: 'create', uid, pool: routes.poolOf(owner) });
    const pods = await routes.podsOf(owner);
    await pods.createPod({ ...create, jobscriptURL: asked.jobscriptURL });
    owners.remember(uid, owner);
    const report = (await pods.listPods()).find((candidate) => candidate.uid === uid);
    return { PodUID: uid, PodJID: report?.status.jobID ?? uid };
  });

  app.all('/delete', async (request) => {
    const pod = parseV1Pod(await readJson(request));
    const { uid } = pod.metadata;
    const owner = v1Owner(pod);
    guard.authorise(request, { owner, verb: 'delete', uid, pool: routes.poolOf(owner) });
    const grace = pod.spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
    await (await routes.podsOf(owner)).deletePod(pod, grace);
    return {};
  });

  app.all('/status', async (request): Promise<V1PodStatus[]> => {
    const asked = parseV1Pods((await readJson(request)) ?? []);
    const byOwner = new Map<string, { owner: Owner; pods: Pod[] }>();
    for (const pod of asked) {
      const owner = v1Owner(pod);
      const group = byOwner.get(ownerKey(owner)) ?? { owner, pods: [] };
      group.pods.push(pod);
      byOwner.set(ownerKey(owner), group);
    }
    for (const { owner } of byOwner.values())
      guard.authorise(request, { owner, verb: 'list', pool: routes.poolOf(owner) });
    const answers = await Promise.all(
      [...byOwner.values()].map(async ({ owner, pods }) => {
        const reports = await (await routes.podsOf(owner)).reportsOf(pods);
        for (const { uid } of reports) owners.remember(uid, owner);
        return reports;
      }),
    );
    return answers.flat().map(toV1PodStatus);
  });

  app.all('/getLogs', async (request, reply) => {
    const { uid, container, options } = fromLogStruct(parseLogStruct(await readJson(request)));
    const candidates = owners
      .recall(uid)
      .map((owner): Access => ({ owner, verb: 'log', uid, container, pool: routes.poolOf(owner) }));
    const access = guard.firstAllowed(request, candidates);
    // Of another's pod nobody hears more than of one that is not there.
    if (access === undefined)
      throw new InterLinkError('not_found', `No pod ${uid} is known here yet: its next status tells of it`);
    const pods = await routes.podsOf(access.owner);
    await sendBytes(request, reply, (signal) => pods.logs(uid, container, options, signal));
    return reply;
  });
}
