import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, type Registry } from 'prom-client';

/** Prometheus metrics at `/metrics`: the process's own (CPU, memory, event loop), requests served, and what the registry holds besides. @returns counts a request that is answered past fastify */
export function serveMetrics(
  app: FastifyInstance,
  registry: Registry,
): (request: FastifyRequest, code: number) => void {
  // A registry that is shown elsewhere, too, may have them.
  if (registry.getSingleMetric('process_cpu_seconds_total') === undefined)
    collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'HTTP requests served, by method, route and status.',
    labelNames: ['method', 'route', 'code'],
    registers: [registry],
  });
  const count = (request: FastifyRequest, code: number) =>
    requests.inc({ method: request.method, route: request.routeOptions.url ?? 'none', code });
  app.addHook('onResponse', async (request, reply) => count(request, reply.statusCode));
  app.get('/metrics', async (_request, reply) => await reply.type(registry.contentType).send(await registry.metrics()));
  return count;
}
