import type { FastifyInstance } from 'fastify';

/** Trouble that is told of, but leaves the process ready. */
export interface HealthNote {
  readonly note: string;
}

/** A name and a check: undefined when well, else what is wrong in a few words. */
export type HealthChecks = Readonly<Record<string, () => string | HealthNote | undefined>>;

/** `/healthz` and `/livez`: the process answers. `/readyz`: it can do its work; `?verbose` names each check, as Kubernetes does. */
export function serveHealth(app: FastifyInstance, readiness: HealthChecks): void {
  for (const path of ['/healthz', '/livez'])
    app.get(path, async (_request, reply) => await reply.type('text/plain').send('ok'));

  app.get('/readyz', async (request, reply) => {
    const results = Object.entries(readiness).map(([name, check]) => ({ name, trouble: check() }));
    const isReady = results.every(({ trouble }) => typeof trouble !== 'string');
    const isVerbose = typeof request.query === 'object' && request.query !== null && 'verbose' in request.query;
    const lines = results.map(({ name, trouble }) => renderCheck(name, trouble));
    const summary = isReady ? 'ok' : 'not ready';
    const text = isVerbose || !isReady ? [...lines, summary, ''].join('\n') : summary;
    return await reply
      .code(isReady ? 200 : 503)
      .type('text/plain')
      .send(text);
  });
}

function renderCheck(name: string, trouble: string | HealthNote | undefined): string {
  if (trouble === undefined) return `[+]${name} ok`;
  return typeof trouble === 'string' ? `[-]${name} failed: ${trouble}` : `[!]${name} failed: ${trouble.note}`;
}
