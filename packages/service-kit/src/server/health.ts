import type { FastifyInstance } from 'fastify';

/** A name and a check: undefined when well, else what is wrong in a few words. */
export type HealthChecks = Readonly<Record<string, () => string | undefined>>;

/** `/healthz` and `/livez`: the process answers. `/readyz`: it can do its work; `?verbose` names each check, as Kubernetes does. */
export function serveHealth(app: FastifyInstance, readiness: HealthChecks): void {
  for (const path of ['/healthz', '/livez'])
    app.get(path, async (_request, reply) => await reply.type('text/plain').send('ok'));

  app.get('/readyz', async (request, reply) => {
    const results = Object.entries(readiness).map(([name, check]) => ({ name, trouble: check() }));
    const isReady = results.every(({ trouble }) => trouble === undefined);
    const isVerbose = typeof request.query === 'object' && request.query !== null && 'verbose' in request.query;
    const lines = results.map(({ name, trouble }) =>
      trouble === undefined ? `[+]${name} ok` : `[-]${name} failed: ${trouble}`,
    );
    const summary = isReady ? 'ok' : 'not ready';
    const text = isVerbose || !isReady ? [...lines, summary, ''].join('\n') : summary;
    return await reply
      .code(isReady ? 200 : 503)
      .type('text/plain')
      .send(text);
  });
}
