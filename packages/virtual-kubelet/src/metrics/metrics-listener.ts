import { createHttpServer, type HealthChecks, type Logger, listen, noAuthentication } from '@interlink/service-kit';
import type { Registry } from 'prom-client';

export interface MetricsListenerOptions {
  /** `http://host:port` */
  readonly url: string;
  readonly registry: Registry;
  readonly readiness: HealthChecks;
  readonly logger: Logger;
}

/**
 * A plain HTTP listener for those who look after the process: `/metrics`, `/healthz`, `/livez` and `/readyz`. It asks for no token,
 * and so tells of this process only: what pods are called and what they use is behind the kubelet port.
 * @throws InterLinkError `unavailable` when the address can't be had
 */
export async function startMetricsListener(
  options: MetricsListenerOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { registry, readiness, logger } = options;
  const app = createHttpServer({ logger, authenticate: noAuthentication, readiness, metrics: registry });
  const url = await listen(app, options.url);
  logger.info({ address: url }, 'metrics and health without a token');
  return { url, close: async () => await app.close() };
}
