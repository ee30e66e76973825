import { InterLinkError, problemContentType, toProblem } from '@interlink/protocol';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { Registry } from 'prom-client';
import { challengeOf } from '../auth/bearer.ts';
import { type Authenticate, authenticateRequests } from '../auth/identity.ts';
import type { Logger } from '../process/logger.ts';
import type { Tracer } from '../tracing/span.ts';
import { traceRequests } from '../tracing/trace-requests.ts';
import { type HealthChecks, serveHealth } from './health.ts';
import { serveMetrics } from './metrics.ts';
import { isWebSocketUpgrade, serveUpgrades } from './upgrades.ts';

export interface HttpServerOptions {
  readonly logger: Logger;
  readonly authenticate: Authenticate;
  /** Each answers undefined when it is well, else what is wrong; shown at `/readyz`. */
  readonly readiness: HealthChecks;
  readonly metrics?: Registry;
  /** Undefined: no traces. */
  readonly tracer?: Tracer | undefined;
  /** The largest request body, bytes. Default 8 MiB: a pod with its ConfigMaps and Secrets (1 MiB each at most). */
  readonly bodyLimit?: number;
}

const defaultBodyLimit = 8 * 1024 * 1024;

/** A command to run travels in the query, and may be long. */
const maxHeaderSize = 1024 * 1024;

/** Paths that tell nothing but "alive" and need no token. */
const openPaths: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);

/**
 * The HTTP server that InterLink and every sidecar stand on: authentication before anything else, errors as RFC 9457 problems,
 * health, metrics. Upgrades to WebSocket come through the same routes. Routes are the caller's. Bodies and headers are never logged.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const app = fastify({
    // fastify's own lines below a warning say nothing that ours don't.
    loggerInstance: options.logger.child({}, { level: 'warn' }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
    keepAliveTimeout: 95_000,
    requestTimeout: 0,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
    http: { maxHeaderSize, shouldUpgradeCallback: isWebSocketUpgrade },
  });
  // v1 sends bodies with GET and DELETE.
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  app.addHttpMethod('DELETE', { hasBody: true, overrideExisting: true });

  authenticateRequests(app, options.authenticate, (request) => openPaths.has(pathOf(request)));
  if (options.tracer !== undefined) traceRequests(app, options.tracer);
  app.addHook('onResponse', async (request, reply) => {
    options.logger.debug(
      {
        method: request.method,
        path: pathOf(request),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = fromFastify(thrown);
    if (error.code === 'internal' || error.code === 'unknown')
      request.log.error({ err: thrown, path: pathOf(request) }, 'request failed');
    if (error.code === 'unauthenticated') reply.header('www-authenticate', challengeOf(error));
    const problem = toProblem(error);
    return await reply.code(problem.status).type(problemContentType).send(problem);
  });
  app.setNotFoundHandler(async (request) => {
    throw new InterLinkError('not_found', `Nothing answers ${request.method} ${pathOf(request)}`);
  });

  serveHealth(app, options.readiness);
  const countRequest = serveMetrics(app, options.metrics ?? new Registry());
  serveUpgrades(app, (request, socket) => {
    countRequest(request, 101);
    const path = pathOf(request);
    const startedAt = performance.now();
    options.logger.debug({ path }, 'connection upgraded');
    socket.once('close', () => {
      options.logger.debug(
        { path, durationMs: Math.round(performance.now() - startedAt) },
        'upgraded connection closed',
      );
    });
  });
  return app;
}

function pathOf(request: FastifyRequest): string {
  const query = request.url.indexOf('?');
  return query === -1 ? request.url : request.url.slice(0, query);
}

/** fastify's own refusals (a body too large, a body that is no JSON) carry a status code. */
function fromFastify(thrown: unknown): InterLinkError {
  if (
    thrown instanceof Error &&
    'statusCode' in thrown &&
    typeof thrown.statusCode === 'number' &&
    thrown.statusCode < 500
  ) {
    return new InterLinkError(thrown.statusCode === 413 ? 'out_of_range' : 'invalid_argument', thrown.message);
  }
  return InterLinkError.from(thrown);
}
