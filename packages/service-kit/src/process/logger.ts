import { destination, type Logger, type LoggerOptions, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * Structured logs, one JSON object per line on stderr. Messages are constant, what varies is in fields (`pod`, `podUid`,
 * `container`, `node`, `durationMs`, `err`). Bodies, environment values and tokens are never logged.
 */
export function createLogger(name: string, level: string): Logger {
  const options: LoggerOptions = {
    name,
    level,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    // undici and dockerode put whole requests on their errors: keep what tells the reason, never headers or bodies.
    serializers: { err: describe },
  };
  return pino(options, standardError());
}

/** Lines that are kept while the log takes none: its disk is full, say. Those that come after are lost. */
const heldBytes = 256 * 1024;

/** A log that takes no more, for its terminal was closed or its disk is full, must end neither the process nor a request. */
function standardError(): ReturnType<typeof destination> {
  const stream = destination({ dest: 2, sync: true, maxLength: heldBytes });
  stream.removeAllListeners('error');
  return stream.on('error', () => undefined);
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { type: error.name, ...code, message: error.message, stack: error.stack };
}
