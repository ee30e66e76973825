import { HttpTarget } from '@interlink/protocol';
import {
  aborted,
  accountToken,
  chooseAuthentication,
  createHttpServer,
  createLogger,
  interLinkListenUrl,
  listen,
  loadInterLinkConfig,
  Policy,
  sidecarUrl,
  startTracing,
  traceHeaders,
} from '@interlink/service-kit';
import { Audit } from './auth/audit.ts';
import { Guard } from './auth/guard.ts';
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
  const target = new HttpTarget({
    url: sidecarUrl(config),
    token: () => token.current(),
    headers: traceHeaders,
    connections: 256,
  });
  const sidecar = new SidecarLink(target, logger, signal, tracer);
  const app = createHttpServer({
    logger,
    authenticate: await chooseAuthentication(config, listenUrl, logger),
    readiness: { sidecar: () => sidecar.trouble },
    tracer,
  });
  // Bodies pass through unread.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const guard = new Guard(new Policy(config), new Audit(logger));
  serveV2(app, sidecar, guard);
  serveV1(app, sidecar, guard);

  const address = await listen(app, listenUrl);
  logger.info({ address, sidecar: target.url, configuration: file ?? 'defaults and environment' }, 'listening');
  sidecar.generation().catch((error: unknown) => logger.warn({ err: error }, 'the sidecar does not answer yet'));
  await aborted(signal);
  await app.close();
  await target.close();
  await tracer?.close();
  logger.info('stopped');
}
