import { InterLinkError } from '../errors/interlink-error.ts';
import type { AttachOptions, ExecOptions } from './remote-command.ts';

const streams = ['stdin', 'stdout', 'stderr', 'tty'] as const;

/**
 * Reads `command=…&command=…&stdin=true&…`. With `tty` there is no stderr, whatever the query says.
 * @throws InterLinkError `invalid_argument` without a command, or without one stream at least
 */
export function parseExecQuery(query: Readonly<Record<string, unknown>>): ExecOptions {
  const asked = query.command === undefined ? [] : [query.command].flat();
  const command = asked.filter((word) => typeof word === 'string' && !word.includes('\0')) as string[];
  if (command.length === 0 || command.length !== asked.length || command[0] === '') {
    throw new InterLinkError('invalid_argument', 'Exec needs a command: command=program&command=argument is wanted');
  }
  return { command, ...parseAttachQuery(query) };
}

/** Reads `stdin=true&stdout=true&…`. @throws InterLinkError `invalid_argument` without one stream at least */
export function parseAttachQuery(query: Readonly<Record<string, unknown>>): AttachOptions {
  const isSet = (name: (typeof streams)[number]) => query[name] === 'true' || query[name] === '1';
  const tty = isSet('tty');
  const options = { stdin: isSet('stdin'), stdout: isSet('stdout'), stderr: isSet('stderr') && !tty, tty };
  if (!options.stdin && !options.stdout && !options.stderr) {
    throw new InterLinkError('invalid_argument', 'you must specify at least 1 of stdin, stdout, stderr');
  }
  return options;
}

/** Reads `port=…`. @throws InterLinkError `invalid_argument` for what is no port */
export function parsePortQuery(query: Readonly<Record<string, unknown>>): number {
  const text = query.port;
  const port = typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new InterLinkError('invalid_argument', `Port ${JSON.stringify(text)} is not one of 1 to 65535`);
}

/** The query that {@link parseExecQuery} reads back. */
export function renderExecQuery(options: ExecOptions): string {
  const words = options.command.map((word) => `command=${encodeURIComponent(word)}`);
  return `?${[...words, ...flags(options)].join('&')}`;
}

/** The query that {@link parseAttachQuery} reads back. */
export function renderAttachQuery(options: AttachOptions): string {
  return `?${flags(options).join('&')}`;
}

function flags(options: AttachOptions): string[] {
  return streams.filter((name) => options[name]).map((name) => `${name}=true`);
}
