import { createLogger, type Logger } from '@interlink/service-kit';

/** A logger that prints nothing: `lines` gets its messages above debug, `everything` all that was logged, as JSON. */
export function keepLogLines(): { logger: Logger; lines: string[]; everything: string[] } {
  const lines: string[] = [];
  const everything: string[] = [];
  const logger = createLogger('test', 'silent');
  const keepAll = (...entry: unknown[]) => {
    everything.push(JSON.stringify(entry));
  };
  const keep = (first: unknown, message?: string) => {
    lines.push(message ?? String(first));
    keepAll(first, message);
  };
  logger.debug = keepAll;
  logger.info = keep;
  logger.warn = keep;
  Object.assign(logger, { child: () => logger });
  return { logger, lines, everything };
}
