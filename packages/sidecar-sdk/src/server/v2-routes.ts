import {
  backendRequestsHeader,
  InterLinkError,
  type LogOptions,
  parseDeliveredKubeconfig,
  parseLogQuery,
  parsePodRequest,
  parsePodUpdate,
  parseVolumesUpdate,
} from '@interlink/protocol';
import { sendBytes, sendRecords } from '@interlink/service-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PodService } from '../pods/pod-service.ts';
import { Epochs } from './epochs.ts';
import { containerOf, ownerOf, ownerPrefix, podOf, queryOf, uidOf } from './path.ts';
import { serveStreams } from './stream-routes.ts';

/** Protocol v2: every pod under its owner. */
export function serveV2(app: FastifyInstance, service: PodService, shutdown: AbortSignal): void {
  const epochs = new Epochs();
  const endOf = (request: FastifyRequest) => epochs.endOf(request, shutdown);
  epochs.guard(app);
  app.get('/v2/capabilities', async (_request, reply) => {
    const { requestsMade } = service;
    if (requestsMade !== undefined) reply.header(backendRequestsHeader, requestsMade);
    return await service.capabilities();
  });
  app.get(`${ownerPrefix}/capabilities`, async (request) => {
    ownerOf(request);
    return await service.capabilities();
  });

  app.get(`${ownerPrefix}/pods`, async (request, reply) => {
    const log = service.logOf(ownerOf(request));
    const query = queryOf(request);
    if (query.watch !== 'true') return { items: log.reports() };
    const cursor = typeof query.cursor === 'string' ? query.cursor : undefined;
    // Once the backend is out of reach, so are its pods: the next try to follow them is told why.
    return await sendRecords(
      request,
      reply,
      log.subscribe(cursor),
      AbortSignal.any([endOf(request), service.troubled]),
    );
  });

  app.put(`${ownerPrefix}/pods/:uid`, async (request, reply) => {
    const owner = ownerOf(request);
    const uid = uidOf(request);
    const body = parsePodRequest(request.body);
    assertSameUid(body.pod.metadata.uid, uid);
    const isAdoption = queryOf(request).adopt === 'true';
    const report = await (isAdoption ? service.adopt(body, owner) : service.create(body, owner));
    return await reply.code(201).send(report);
  });

  app.patch(`${ownerPrefix}/pods/:uid`, async (request) => {
    const { owner, uid } = podOf(request);
    const body = parsePodUpdate(request.body);
    assertSameUid(body.pod.metadata.uid, uid);
    return await service.update(body, owner);
  });

  app.delete(`${ownerPrefix}/pods/:uid`, async (request, reply) => {
    await service.delete(ownerOf(request), uidOf(request), gracePeriodOf(queryOf(request)));
    return await reply.code(204).send();
  });

  app.patch(`${ownerPrefix}/pods/:uid/volumes`, async (request, reply) => {
    const pod = podOf(request);
    await service.updateVolumes(pod, parseVolumesUpdate(request.body).volumes);
    return await reply.code(204).send();
  });

  app.get(`${ownerPrefix}/pods/:uid/containers/:container/log`, async (request, reply) => {
    const pod = podOf(request);
    const container = containerOf(request);
    const options: LogOptions = parseLogQuery(queryOf(request));
    await sendBytes(request, reply, (signal) =>
      service.logs(pod, container, options, AbortSignal.any([signal, endOf(request)])),
    );
    return reply;
  });

  app.post(`${ownerPrefix}/render`, async (request) => {
    return await service.render(parsePodRequest(request.body), ownerOf(request));
  });

  app.get(`${ownerPrefix}/pods/:uid/rendering`, async (request) => await service.rendering(podOf(request)));

  app.put(`${ownerPrefix}/kubeconfig`, async (request, reply) => {
    await service.kubeconfigs.put(ownerOf(request), parseDeliveredKubeconfig(request.body));
    return await reply.code(204).send();
  });

  app.delete(`${ownerPrefix}/kubeconfig`, async (request, reply) => {
    await service.kubeconfigs.delete(ownerOf(request));
    return await reply.code(204).send();
  });

  app.get(`${ownerPrefix}/stats`, async (request) => await service.stats.of(ownerOf(request)));

  serveStreams(app, service.streams, endOf);
}

function assertSameUid(inBody: string, inPath: string): void {
  if (inBody === inPath) return;
  throw new InterLinkError('invalid_argument', `The pod's UID is ${inBody}, the path says ${inPath}`);
}

const defaultGracePeriodSeconds = 30;

function gracePeriodOf(query: Record<string, unknown>): number {
  const text = query.gracePeriodSeconds;
  if (text === undefined) return defaultGracePeriodSeconds;
  if (typeof text === 'string' && /^\d{1,9}$/.test(text)) return Number(text);
  throw new InterLinkError(
    'invalid_argument',
    `gracePeriodSeconds is ${JSON.stringify(text)}: a whole number of seconds is wanted`,
  );
}
