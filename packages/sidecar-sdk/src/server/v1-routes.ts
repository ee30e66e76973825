import {
  fromLogStruct,
  fromRetrievedPodData,
  InterLinkError,
  type PingResponse,
  parseLogStruct,
  parseRetrievedPodData,
  parseV1Pod,
  parseV1Pods,
  toPingResponse,
  toV1PodStatus,
  type V1PodStatus,
  v1Owner,
} from '@interlink/protocol';
import { sendBytes } from '@interlink/service-kit';
import type { FastifyInstance } from 'fastify';
import type { PodService } from '../pods/pod-service.ts';

const defaultGracePeriodSeconds = 30;

/** Protocol v1, as an InterLink server of another release speaks it to a sidecar. Any verb is taken: callers in the field differ. */
export function serveV1(app: FastifyInstance, service: PodService): void {
  app.all('/create', async (request) => {
    const { data, isList } = parseRetrievedPodData(request.body);
    const report = await service.create(fromRetrievedPodData(data), v1Owner(data.pod));
    const answer = { PodUID: report.uid, PodJID: report.status.jobID ?? report.uid };
    return isList ? [answer] : answer;
  });

  app.all('/delete', async (request) => {
    const pod = parseV1Pod(request.body);
    const known = service.findByUid(pod.metadata.uid);
    const grace = pod.spec.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
    if (known !== undefined) await service.delete(known.reference.owner, pod.metadata.uid, grace);
    return {};
  });

  app.all('/status', async (request): Promise<V1PodStatus[] | PingResponse> => {
    const pods = parseV1Pods(request.body ?? []);
    if (pods.length === 0) return toPingResponse(await service.capabilities());
    return pods.flatMap((pod) => {
      const known = service.findByUid(pod.metadata.uid);
      return known === undefined ? [] : [toV1PodStatus(known.report)];
    });
  });

  app.all('/getLogs', async (request, reply) => {
    const { uid, container, options } = fromLogStruct(parseLogStruct(request.body));
    const known = service.findByUid(uid);
    if (known === undefined) throw new InterLinkError('not_found', `No pod ${uid} here`);
    await sendBytes(request, reply, (signal) => service.logs(known.reference, container, options, signal));
    return reply;
  });
}
