import type { PodReport } from '@interlink/sidecar-sdk';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const owner = '/v2/clusters/:cluster/nodes/:node';

/** The routes of the SDK's server, as fastify names them. */
export const route = {
  capabilities: ['GET', '/v2/capabilities'],
  ownerCapabilities: ['GET', `${owner}/capabilities`],
  list: ['GET', `${owner}/pods`],
  create: ['PUT', `${owner}/pods/:uid`],
  update: ['PATCH', `${owner}/pods/:uid`],
  delete: ['DELETE', `${owner}/pods/:uid`],
  volumes: ['PATCH', `${owner}/pods/:uid/volumes`],
  log: ['GET', `${owner}/pods/:uid/containers/:container/log`],
  putKubeconfig: ['PUT', `${owner}/kubeconfig`],
  stats: ['GET', `${owner}/stats`],
  v1Create: ['', '/create'],
  v1Delete: ['', '/delete'],
  v1Status: ['', '/status'],
  v1Logs: ['', '/getLogs'],
} as const satisfies Record<string, readonly [method: string, url: string]>;
export type Route = (typeof route)[keyof typeof route];

export function isFor(request: FastifyRequest, [method, url]: Route): boolean {
  return request.routeOptions.url === url && (method === '' || method === request.method);
}

export function paramsOf(request: FastifyRequest): { cluster: string; node: string; uid: string } {
  return request.params as { cluster: string; node: string; uid: string };
}

export function queryOf(request: FastifyRequest): Record<string, string | undefined> {
  return request.query as Record<string, string | undefined>;
}

/** Comes before the route's own handler: may change the request, or answer in its place by `reply.send`. */
export function before(
  app: FastifyInstance,
  where: Route,
  handle: (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>,
): void {
  app.addHook('preHandler', async (request, reply) => {
    if (isFor(request, where)) await handle(request, reply);
    return reply.sent ? reply : undefined;
  });
}

/** Changes an answer's JSON, errors too, before it is written. */
export function rewriteJson(
  app: FastifyInstance,
  where: Route,
  rewrite: (body: Record<string, unknown>, request: FastifyRequest, reply: FastifyReply) => unknown,
): void {
  app.addHook('preSerialization', async (request, reply, payload) =>
    isFor(request, where) ? rewrite(payload as Record<string, unknown>, request, reply) : payload,
  );
}

/** Changes an error's answer, whatever the route. */
export function rewriteProblem(
  app: FastifyInstance,
  rewrite: (
    problem: { code: string; status: number; detail: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ) => unknown,
): void {
  app.addHook('preSerialization', async (request, reply, payload) => {
    const problem = payload as { code?: unknown };
    const isProblem = reply.statusCode >= 400 && typeof problem?.code === 'string';
    return isProblem ? rewrite(payload as { code: string; status: number; detail: string }, request, reply) : payload;
  });
}

/** Changes the list's reports. */
export function rewriteList(
  app: FastifyInstance,
  rewrite: (reports: PodReport[], request: FastifyRequest) => unknown[],
): void {
  rewriteJson(app, route.list, (body, request) =>
    Array.isArray(body.items) ? { items: rewrite(body.items as PodReport[], request) } : body,
  );
}
