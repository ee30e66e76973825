import { createServer } from 'node:http';
import {
  endWhenLost,
  InterLinkError,
  problemContentType,
  refusalStatuses,
  toHttpStatus,
  toProblem,
} from '@interlink/protocol';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { Registry } from 'prom-client';
import { challengeOf } from '../auth/bearer.ts';
import { type Authenticate, authenticateRequests, identityOf } from '../auth/identity.ts';
import { limitRequests } from '../limits/limit-requests.ts';
import { type Limits, noLimits } from '../limits/limits.ts';
import type { Logger } from '../process/logger.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import { closeFormerConnections, createTlsServer } from '../tls/tls-server.ts';
import type { Tracer } from '../tracing/span.ts';
import { traceRequests } from '../tracing/trace-requests.ts';
import { logExchange } from './access-log.ts';
import { asksForStream } from './asks-for-stream.ts';
import { answerBadPath, answerBrokenRequest } from './client-errors.ts';
import { discardBody } from './discard-body.ts';
import { Exchanges } from './exchange.ts';
import { type HealthChecks, serveHealth } from './health.ts';
import { HttpMetrics } from './metrics.ts';
import { pathOf } from './path-of.ts';
import { requestIdOf, returnRequestId } from './request-id.ts';
import { isWebSocketUpgrade, serveUpgrades } from './upgrades.ts';

export interface HttpServerOptions {
  readonly logger: Logger;
  readonly authenticate: Authenticate;
  /** Told of each request whose sender is not let in. */
  readonly onRefused?: (error: InterLinkError, request: FastifyRequest) => void;
  /** Each answers undefined when it is well, else what is wrong; shown at `/readyz`. */
  readonly readiness: HealthChecks;
  readonly metrics?: Registry;
  /** Undefined: no traces. */
  readonly tracer?: Tracer | undefined;
  /** Serves HTTPS by them. Default: plain HTTP. */
  readonly tls?: TlsFiles | undefined;
  /** Default: none but for the size of a body. */
  readonly limits?: Limits;
  /** The route as metrics have it. Default: the one that serves the request. */
  readonly routeOf?: (request: FastifyRequest) => string | undefined;
  /** Paths for browsers, which sign in. Default: none. */
  readonly pages?: Pages | undefined;
}

/** Paths at which callers may be known in one more way than by `authenticate`; that way counts nowhere else. */
export interface Pages {
  has(path: string): boolean;
  /** Whether it tells nothing, and is anybody's: where one signs in. */
  isOpen(path: string): boolean;
  readonly authenticate: Authenticate;
}

/** A pod with its ConfigMaps and Secrets (1 MiB each at most). */
const defaultBodyBytes = 8 * 1024 * 1024;

/** A command to run travels in the query, and may be long. */
const maxHeaderSize = 1024 * 1024;

/** How often connections are looked at whose requests do not come. */
const timeoutsCheckedMs = 2_000;

/** Paths that tell nothing but "alive" and need no token. */
const openPaths: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);

/**
 * The HTTP server that InterLink and every sidecar stand on: authentication and limits before anything else, errors as RFC 9457
 * problems, health, metrics. Upgrades to WebSocket come through the same routes. Routes are the caller's. Bodies and headers are
 * never logged.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { tls: files, logger } = options;
  const limits = options.limits ?? { ...noLimits, bodyBytes: defaultBodyBytes };
  const bodyLimit = limits.bodyBytes === 0 ? Number.MAX_SAFE_INTEGER : limits.bodyBytes;
  const http = {
    // Longer than our own clients and usual proxies (60 s) keep theirs: who closes last is never sent a request that gets lost.
    keepAliveTimeout: 95_000,
    ...{ maxHeaderSize, shouldUpgradeCallback: isWebSocketUpgrade },
    ...{ headersTimeout: limits.headersTimeoutMs, requestTimeout: limits.requestTimeoutMs },
    connectionsCheckingInterval: timeoutsCheckedMs,
  };
  const app = fastify({
    // fastify's own lines below a warning say nothing that ours don't.
    loggerInstance: logger.child({}, { level: 'warn' }) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
    serverFactory: (handler) =>
      files === undefined ? createServer(http, handler) : createTlsServer({ files, http, logger }, handler),
    genReqId: requestIdOf,
    requestIdHeader: false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerBadPath,
  });
  // Of TLS, too, that is the connection under it: what is lost there ends both.
  app.server.on('connection', endWhenLost);
  // v1 sends bodies with GET and DELETE.
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  app.addHttpMethod('DELETE', { hasBody: true, overrideExisting: true });

  closeFormerConnections(app);
  const exchanges = new Exchanges();
  const metrics = new HttpMetrics(options.metrics ?? new Registry(), {
    streams: exchanges.streams,
    routeOf: ({ request }) => options.routeOf?.(request) ?? request.routeOptions.url ?? 'none',
  });
  exchanges.follow(app, {
    isStream: asksForStream,
    ended: (exchange) => {
      metrics.countRequest(exchange);
      logExchange(logger, exchange, metrics.countBytes(exchange));
    },
  });
  returnRequestId(app);
  const { authenticate, pages } = options;
  const isOpen = (request: FastifyRequest) => openPaths.has(pathOf(request)) || pages?.isOpen(pathOf(request)) === true;
  const wayOf = (request: FastifyRequest) => (pages?.has(pathOf(request)) ? pages.authenticate : authenticate);
  authenticateRequests(app, wayOf, isOpen, options.onRefused);
  app.addHook('onRequest', async (request) => {
    const exchange = exchanges.of(request);
    if (exchange !== undefined && !isOpen(request)) exchange.identity = identityOf(request).name;
  });
  limitRequests(app, limits, exchanges);
  if (options.tracer !== undefined) traceRequests(app, options.tracer);
  app.setErrorHandler(async (thrown, request, reply) => {
    const { error, status } = fromFastify(thrown);
    if (error.code === 'internal' || error.code === 'unknown')
      request.log.error({ err: thrown, path: pathOf(request) }, 'request failed');
    if (error.code === 'unauthenticated') reply.header('www-authenticate', challengeOf(error));
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
    // What is left of the body will not be read: nothing else can come on this connection.
    if (status === 413) reply.header('connection', 'close');
    discardBody(request, bodyLimit);
    return await reply.code(status).type(problemContentType).send(toProblem(error, status));
  });
  app.setNotFoundHandler(async (request) => {
    throw new InterLinkError('not_found', `Nothing answers ${request.method} ${pathOf(request)}`);
  });

  serveHealth(app, options.readiness);
  metrics.serve(app, exchanges.streams);
  serveUpgrades(app, (request, socket) => exchanges.upgraded(request, socket));
  return app;
}

/** fastify's own refusals (a body too large, a body that is no JSON) carry a status code. */
function fromFastify(thrown: unknown): { error: InterLinkError; status: number } {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined;
  if (thrown instanceof InterLinkError || typeof status !== 'number' || status >= 500) {
    const error = InterLinkError.from(thrown);
    return { error, status: toHttpStatus(error.code) };
  }
  const { message } = InterLinkError.from(thrown);
  if (status === 413) return { error: new InterLinkError('out_of_range', message), status };
  const code = refusalStatuses[status];
  return { error: new InterLinkError(code ?? 'invalid_argument', message), status: code === undefined ? 400 : status };
}
