import { fromHttpStatus, InterLinkError } from '@interlink/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hasUpgrade } from '../server/upgrades.ts';
import { currentSpan, withSpan } from './current-span.ts';
import type { Span, Tracer } from './span.ts';

/**
 * A span for each request that changes something or is part of a trace already: whoever polls, scrapes, or holds a stream for
 * days makes none. To be called after the hook that asks who the caller is: strangers don't write traces.
 */
export function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', async (request) => {
    const isTraced = request.headers.traceparent !== undefined || currentSpan() !== undefined;
    if (hasUpgrade(request) || (request.method === 'GET' && !isTraced)) return;
    const options = { kind: 'server', attributes: attributesOf(request) } as const;
    const name = `${request.method} ${request.routeOptions.url ?? ''}`.trimEnd();
    spans.set(
      request,
      currentSpan()?.child(name, options) ?? tracer.start(name, { ...options, from: request.headers }),
    );
  });
  // The last hook before the handler: reading a body would lose what was current before.
  app.addHook('preHandler', (request, _reply, done) => {
    withSpan(spans.get(request), done);
  });
  app.addHook('onResponse', async (request, reply) => {
    const span = spans.get(request);
    if (span === undefined) return;
    const { statusCode } = reply;
    span.set({ 'http.response.status_code': statusCode });
    // What the caller did wrong is no failure of the server's.
    if (statusCode >= 500) span.fail(new InterLinkError(fromHttpStatus(statusCode), `Answered with ${statusCode}`));
    span.end();
  });
}

/** The route, not the path: a query may hold a command. */
function attributesOf(request: FastifyRequest) {
  const params = (request.params ?? {}) as Record<string, string | undefined>;
  const { node, container, '*': rest } = params;
  return {
    'http.request.method': request.method,
    'http.route': request.routeOptions.url,
    'k8s.node.name': node,
    'k8s.pod.uid': params.uid ?? /^pods\/([^/]+)/.exec(rest ?? '')?.[1],
    'k8s.container.name': container,
  };
}
