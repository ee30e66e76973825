import type { Logger } from '../process/logger.ts';
import type { Tracer } from './span.ts';
import { readTraceSettings } from './trace-settings.ts';

/**
 * The process's tracer, or undefined when the environment does not ask for traces: then nothing of OpenTelemetry is loaded.
 * @param service the process's name in traces, unless `OTEL_SERVICE_NAME` says another
 * @throws InterLinkError `invalid_argument` for wrong variables, or files that can't be read
 */
export async function startTracing(
  service: string,
  logger: Logger,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Tracer | undefined> {
  const settings = readTraceSettings(env);
  if (settings === undefined) return undefined;
  for (const warning of settings.warnings) logger.warn(warning);
  const { startOpenTelemetry } = await import('./open-telemetry.ts');
  return await startOpenTelemetry(service, settings, logger);
}
