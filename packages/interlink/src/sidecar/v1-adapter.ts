import { aborted, type Limits, type Logger, noAuthentication, type Tracer } from '@interlink/service-kit';
import { createSidecarServer, PodService } from '@interlink/sidecar-sdk';
import type { FastifyInstance } from 'fastify';
import type { V1Backend } from './v1-backend.ts';

/** A v1 plugin dressed as a v2 sidecar: the SDK's server around it, fed by handing requests over. */
export interface V1Adapter {
  readonly backend: V1Backend;
  readonly service: PodService;
  readonly app: FastifyInstance;
}

interface AdapterOptions {
  /** Those of a request's own: who asks, and how often, InterLink has looked at before. */
  readonly limits: Limits;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly tracer: Tracer | undefined;
}

/** Puts the SDK around a v1 plugin, and keeps asking it until the signal aborts. */
export async function adaptV1(
  backend: V1Backend,
  { limits, logger, signal, tracer }: AdapterOptions,
): Promise<V1Adapter> {
  const service = new PodService(backend, logger);
  const app = createSidecarServer({
    service,
    logger,
    limits,
    authenticate: noAuthentication,
    shutdown: signal,
    // A body that is read loses what was current: the adapter's requests have spans of their own.
    tracer,
  });
  service.run(signal).catch((error: unknown) => logger.error({ err: error }, 'polling the v1 sidecar ended'));
  await app.ready();
  await Promise.race([service.listed, aborted(signal)]);
  return { backend, service, app };
}
