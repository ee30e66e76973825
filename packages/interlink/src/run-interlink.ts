import { HttpTarget } from '@interlink/protocol';
import {
  aborted,
  accountToken,
  chooseAuthentication,
  createHttpServer,
  createLogger,
  interLinkListenUrl,
  limitsOf,
  listen,
  loadInterLinkConfig,
  serveOpenApi,
  sidecarUrl,
  startTracing,
  traceHeaders,
} from '@interlink/service-kit';
import { Registry } from 'prom-client';
import { SidecarMetrics } from './metrics/sidecar-metrics.ts';
import { documentedRouteOf } from './routes/documented-route.ts';
import { serveV1 } from './routes/v1-routes.ts';
import { serveV2 } from './routes/v2-routes.ts';
import { SidecarLink } from './sidecar/sidecar-link.ts';

/** A whole InterLink process but for `process.exit`. Keeps no state; runs until the signal aborts. @throws InterLinkError when it can't start */
export async function runInterLink(signal: AbortSignal, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const { config, file, warnings } = await loadInterLinkConfig(env);
  const logger = createLogger('interlink', config.LogLevel);
  for (const warning of warnings) logger.warn(warning);
  const listenUrl = interLinkListenUrl(config);
  const token = await accountToken(config);
  const tracer = await startTracing('interlink', logger, env);
  const metrics = new Registry();
  const sidecarMetrics = new SidecarMetrics(metrics);
  const target = new HttpTarget({
    url: sidecarUrl(config),
    token: () => token.current(),
    headers: traceHeaders,
    connections: 256,
    observer: sidecarMetrics.observerOf(sidecarUrl(config)),
  });
  const sidecar = new SidecarLink(target, logger, signal, tracer);
  sidecarMetrics.show(target.url, () => sidecar);
  const app = createHttpServer({
    logger,
    authenticate: await chooseAuthentication(config, listenUrl, logger),
    readiness: { sidecar: () => sidecar.trouble },
    tracer,
    metrics,
    limits: limitsOf(config),
    routeOf: documentedRouteOf,
  });
  // Bodies pass through unread.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  serveOpenApi(app, 'interlink');
  serveV2(app, sidecar);
  serveV1(app, sidecar);

  const address = await listen(app, listenUrl);
  logger.info({ address, sidecar: target.url, configuration: file ?? 'defaults and environment' }, 'listening');
  sidecar.generation().catch((error: unknown) => logger.warn({ err: error }, 'the sidecar does not answer yet'));
  await aborted(signal);
  await app.close();
  await target.close();
  await tracer?.close();
  logger.info('stopped');
}
