import type { LogLine } from '@interlink/sidecar-sdk';

/** `2027-01-01T00:00:00.123456789Z`: as the engine itself shows times, whose file leaves out zeros at the end. */
const timeLength = 30;

/**
 * Reads one line (without its newline) of what the engine's driver `json-file` writes, or undefined for what is none: half a line of
 * a full disk, say.
 * @see https://docs.docker.com/engine/logging/drivers/json-file/
 */
export function parseJsonRecord(record: Buffer): LogLine | undefined {
  const { log, time } = parse(record.toString('utf8')) ?? {};
  if (typeof log !== 'string' || typeof time !== 'string') return undefined;
  return { time: time.length === timeLength ? time : withNineDigits(time), content: Buffer.from(log) };
}

function parse(text: string): { log?: unknown; time?: unknown } | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function withNineDigits(time: string): string {
  const [, seconds, digits = ''] = /^([^.Z]*)(?:\.(\d*))?Z$/.exec(time) ?? [];
  return seconds === undefined ? time : `${seconds}.${digits.padEnd(9, '0')}Z`;
}
