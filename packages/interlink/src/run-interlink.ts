import {
  aborted,
  chooseAuthentication,
  createHttpServer,
  createLogger,
  interLinkListenUrl,
  keepYoungGenerationSmall,
  limitsOf,
  listen,
  listenerTls,
  loadInterLinkConfig,
  Policy,
  serveOpenApi,
  startTracing,
} from '@interlink/service-kit';
import { Registry } from 'prom-client';
import { Audit, toRefusal } from './auth/audit.ts';
import { Guard } from './auth/guard.ts';
import { FanOut } from './fan-out/fan-out.ts';
import { SidecarMetrics } from './metrics/sidecar-metrics.ts';
import { documentedRouteOf } from './routes/documented-route.ts';
import { serveV1 } from './routes/v1-routes.ts';
import { serveV2 } from './routes/v2-routes.ts';
import { openRoutes } from './sidecar/routing/open-routes.ts';
import { History } from './ui/board/history.ts';
import { PodBoard } from './ui/board/pod-board.ts';
import { keepHistory } from './ui/keep-history.ts';
import { serveUi } from './ui/serve-ui.ts';
import { pageAuthentication } from './ui/session/page-authentication.ts';
import { Sessions } from './ui/session/sessions.ts';

/** A whole InterLink process but for `process.exit`. Keeps no state; runs until the signal aborts. @throws InterLinkError when it can't start */
export async function runInterLink(signal: AbortSignal, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  keepYoungGenerationSmall();
  const { config, file, warnings } = await loadInterLinkConfig(env);
  const logger = createLogger('interlink', config.LogLevel);
  for (const warning of warnings) logger.warn(warning);
  const listenUrl = interLinkListenUrl(config);
  const tracer = await startTracing('interlink', logger, env);
  const metrics = new Registry();
  const sidecarMetrics = new SidecarMetrics(metrics);
  const routes = await openRoutes(config, { logger, signal, tracer, metrics: sidecarMetrics });
  const { authenticate, ways: authentication } = await chooseAuthentication(config, listenUrl, logger);
  const [board, history, sessions] = [new PodBoard(), new History(), new Sessions()];
  const audit = new Audit(logger);
  const app = createHttpServer({
    logger,
    authenticate,
    onRefused: (error, request) => audit.refuse(toRefusal(error, request)),
    readiness: routes.readiness,
    tracer,
    tls: await listenerTls(config, listenUrl, logger),
    metrics,
    limits: limitsOf(config),
    routeOf: documentedRouteOf,
    pages: pageAuthentication(authenticate, sessions),
  });
  // Bodies pass through unread.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const guard = new Guard(new Policy(config), audit);
  serveOpenApi(app, 'interlink');
  serveV2(app, { routes, guard, fanOut: new FanOut(logger, board) });
  serveV1(app, routes, guard);
  serveUi(app, { routes, guard, audit, board, history, sessions, authenticate, logger });

  const address = await listen(app, listenUrl);
  const sidecars = routes.links.map(({ route }) => `${route.name} ${route.url}`);
  logger.info({ address, authentication, sidecars, configuration: file ?? 'defaults and environment' }, 'listening');
  const looking = Promise.all([routes.run(signal), keepHistory({ board, history, metrics: sidecarMetrics }, signal)]);
  await aborted(signal);
  await app.close();
  await routes.close();
  await looking;
  await tracer?.close();
  logger.info('stopped');
}
