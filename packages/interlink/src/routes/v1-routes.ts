import {
  type CreateStruct,
  fromLogStruct,
  fromPodCreateRequests,
  InterLinkError,
  type Owner,
  ownerKey,
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
import type { SidecarLink } from '../sidecar/sidecar-link.ts';
import { OwnerMemory } from './owner-memory.ts';
import { readJson } from './read-json.ts';

const defaultGracePeriodSeconds = 30;

/** Protocol v1 as a virtual kubelet of another release speaks it to InterLink. Any verb is taken: clients in the field differ. */
export function serveV1(app: FastifyInstance, sidecar: SidecarLink, guard: Guard): void {
  const owners = new OwnerMemory();

  app.all('/pinglink', async (request, reply) => {
    guard.assertAnything(request);
    const answer = await sidecar.ping();
    return await (answer === undefined ? reply.send({ status: 'ok' }) : reply.type('application/json').send(answer));
  });

  app.all('/create', async (request): Promise<CreateStruct> => {
    const create = fromPodCreateRequests(parsePodCreateRequests(await readJson(request)));
    const { uid } = create.pod.metadata;
    const owner = v1Owner(create.pod);
    guard.authorise(request, { owner, verb: 'create', uid });
    const pods = await sidecar.podsOf(owner);
    await pods.createPod(create);
    owners.remember(uid, owner);
    const report = (await pods.listPods()).find((candidate) => candidate.uid === uid);
    return { PodUID: uid, PodJID: report?.status.jobID ?? uid };
  });

  app.all('/delete', async (request) => {
    const pod = parseV1Pod(await readJson(request));
    const { uid } = pod.metadata;
    const owner = v1Owner(pod);
    guard.authorise(request, { owner, verb: 'delete', uid });
    const grace = pod.spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
    await (await sidecar.podsOf(owner)).deletePod(uid, grace);
    return {};
  });

  app.all('/status', async (request): Promise<V1PodStatus[]> => {
    const asked = parseV1Pods((await readJson(request)) ?? []);
    const byOwner = new Map<string, { owner: Owner; uids: Set<string> }>();
    for (const pod of asked) {
      const owner = v1Owner(pod);
      const group = byOwner.get(ownerKey(owner)) ?? { owner, uids: new Set<string>() };
      group.uids.add(pod.metadata.uid);
      byOwner.set(ownerKey(owner), group);
    }
    for (const { owner } of byOwner.values()) guard.authorise(request, { owner, verb: 'list' });
    const answers = await Promise.all(
      [...byOwner.values()].map(async ({ owner, uids }) => {
        const reports = (await (await sidecar.podsOf(owner)).listPods()).filter(({ uid }) => uids.has(uid));
        for (const { uid } of reports) owners.remember(uid, owner);
        return reports;
      }),
    );
    return answers.flat().map(toV1PodStatus);
  });

  app.all('/getLogs', async (request, reply) => {
    const { uid, container, options } = fromLogStruct(parseLogStruct(await readJson(request)));
    const candidates = owners.recall(uid).map((owner): Access => ({ owner, verb: 'log', uid, container }));
    const access = guard.firstAllowed(request, candidates);
    // Of another's pod nobody hears more than of one that is not there.
    if (access === undefined)
      throw new InterLinkError('not_found', `No pod ${uid} is known here yet: its next status tells of it`);
    const pods = await sidecar.podsOf(access.owner);
    await sendBytes(request, reply, (signal) => pods.logs(uid, container, options, signal));
    return reply;
  });
}
