import { type Authenticate, createHttpServer, type Logger, type Policy, type Tracer } from '@interlink/service-kit';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { PodService } from '../pods/pod-service.ts';
import { authoriseRequests } from './authorise.ts';
import { serveV1 } from './v1-routes.ts';
import { serveV2 } from './v2-routes.ts';

export interface SidecarServerOptions {
  readonly service: PodService;
  readonly logger: Logger;
  readonly authenticate: Authenticate;
  /** What callers other than the account may. Default: everything. */
  readonly policy?: Policy | undefined;
  /** Ends the streams that would otherwise never end. */
  readonly shutdown: AbortSignal;
  /** What `/metrics` shows beside the server's own. */
  readonly metrics?: Registry | undefined;
  /** Undefined: no traces. */
  readonly tracer?: Tracer | undefined;
}

/** The HTTP face of a sidecar, v2 and v1 on one port; not listening yet. */
export function createSidecarServer(options: SidecarServerOptions): FastifyInstance {
  const app = createHttpServer({
    logger: options.logger,
    authenticate: options.authenticate,
    readiness: { backend: () => options.service.trouble },
    tracer: options.tracer,
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
  });
  if (options.policy !== undefined) authoriseRequests(app, options.policy);
  serveV2(app, options.service, options.shutdown);
  serveV1(app, options.service);
  return app;
}
