import { createLogger, type Logger } from '@interlink/service-kit';

/** A logger whose messages, without the level debug, are kept instead of printed. */
export function keepLogLines(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const logger = createLogger('test', 'silent');
  const keep = (first: unknown, message?: string) => {
    lines.push(message ?? String(first));
  };
  logger.info = keep;
  logger.warn = keep;
  return { logger, lines };
}
