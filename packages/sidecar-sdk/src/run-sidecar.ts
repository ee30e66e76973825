import {
  aborted,
  chooseAuthentication,
  connectionLimitsOf,
  createLogger,
  type InterLinkConfig,
  keepYoungGenerationSmall,
  type Logger,
  listen,
  listenerTls,
  loadInterLinkConfig,
  type OwnConfigFile,
  Policy,
  sidecarUrl,
  startTracing,
} from '@interlink/service-kit';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { Backend } from './backend.ts';
import { kubeconfigFolder } from './kubeconfig/default-folder.ts';
import { PodService } from './pods/pod-service.ts';
import { createSidecarServer, type SidecarServerOptions } from './server/create-sidecar-server.ts';

export interface SidecarDefinition {
  /** The process's name, in its logs. */
  readonly name: string;
  /** @param metrics what `/metrics` shows beside the SDK's own */
  createBackend(config: InterLinkConfig, logger: Logger, metrics: Registry): Promise<Backend>;
  /** A configuration file of its own, instead of the one that all processes share. */
  readonly configFile?: OwnConfigFile;
  /** Where to listen. Default: SidecarURL with the port of SidecarService. */
  listenUrl?(config: InterLinkConfig): string;
  /** Makes the server instead of {@link createSidecarServer}: for sidecars that are wrong on purpose. */
  createServer?(options: SidecarServerOptions): FastifyInstance;
}

/**
 * A whole sidecar process but for `process.exit`: configuration, logs, authentication, server, backend. Runs until the signal
 * aborts. @throws InterLinkError when it can't start
 */
export async function runSidecar(
  definition: SidecarDefinition,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  keepYoungGenerationSmall();
  const { config, file, warnings } = await loadInterLinkConfig(env, definition.configFile);
  const logger = createLogger(definition.name, config.LogLevel);
  for (const warning of warnings) logger.warn(warning);
  const url = definition.listenUrl?.(config) ?? sidecarUrl(config);
  const metrics = new Registry();
  const tls = await listenerTls(config, url, logger);
  const service = new PodService(await definition.createBackend(config, logger, metrics), logger, {
    kubeconfigFolder: kubeconfigFolder(config.DataRootFolder, env),
  });
  const { authenticate, ways: authentication } = await chooseAuthentication(config, url, logger);
  const tracer = await startTracing(`interlink-${definition.name}`, logger, env);
  const createServer = definition.createServer ?? createSidecarServer;
  const app = createServer({
    ...{ service, logger, authenticate, policy: new Policy(config), tls },
    ...{ shutdown: signal, tracer, metrics },
    limits: connectionLimitsOf(config),
  });
  const running = service.run(signal);
  const address = await listen(app, url);
  logger.info({ address, authentication, configuration: file ?? 'defaults and environment' }, 'listening');
  await aborted(signal);
  await Promise.all([app.close(), running]);
  await tracer?.close();
  logger.info('stopped');
}
