import { InterLinkError, sleep } from '@interlink/sidecar-sdk';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isFor, queryOf, route } from '../misbehaviour/hooks.ts';
import { CallRules } from './call-rules.ts';
import type { CallKind } from './call-shape.ts';
import type { ScriptFile } from './script-file.ts';

/** Hooks the script's part into a server that does not listen yet: which generations answer, and what calls meet before they are carried out. */
export function serveByScript(app: FastifyInstance, file: ScriptFile, shutdown: AbortSignal): void {
  const rules = new CallRules(() => file.loaded);
  app.addHook('preParsing', async (request) => {
    const generation = generationOf(request);
    const { protocol } = file.loaded.script;
    if (protocol === undefined || generation === undefined || generation === protocol) return;
    // As the server says it of what it has no route for.
    const [path = ''] = request.url.split('?');
    throw new InterLinkError('not_found', `Nothing answers ${request.method} ${path}`);
  });
  app.addHook('preHandler', async (request) => {
    const kind = kindOf(request);
    const found = kind === undefined ? undefined : rules.next(kind, Date.now());
    if (found === undefined) return;
    const { error, delaySeconds = 0, message } = found.rule;
    if (delaySeconds > 0) await sleep(delaySeconds * 1_000, shutdown);
    if (error === undefined) return;
    throw new InterLinkError(error, message ?? `Call number ${found.count} of ${kind} fails, as the script asks`);
  });
}

const v1Routes: ReadonlyArray<string> = [route.v1Create, route.v1Delete, route.v1Status, route.v1Logs].map(
  ([, url]) => url,
);

/** Undefined: neither's, `/healthz` for one. */
function generationOf({ routeOptions: { url = '' } }: FastifyRequest): 'v1' | 'v2' | undefined {
  if (url.startsWith('/v2/')) return 'v2';
  return v1Routes.includes(url) ? 'v1' : undefined;
}

function kindOf(request: FastifyRequest): CallKind | undefined {
  const isOne = (...routes: ReadonlyArray<(typeof route)[keyof typeof route]>) =>
    routes.some((each) => isFor(request, each));
  if (isOne(route.create, route.v1Create)) return 'create';
  if (isOne(route.delete, route.v1Delete)) return 'delete';
  if (isOne(route.log, route.v1Logs)) return 'log';
  if (isOne(route.list)) return queryOf(request).watch === 'true' ? 'watch' : 'status';
  // Without pods it is a ping.
  if (isOne(route.v1Status)) return Array.isArray(request.body) && request.body.length > 0 ? 'status' : undefined;
  return undefined;
}
