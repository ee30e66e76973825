import { InterLinkError, type LogOptions, parseLogQuery } from '@interlink/protocol';
import type { Refusal } from './refusal.ts';

/**
 * Reads the query of `/containerLogs` as the kubelet does: the first of repeated keys counts, `tail` is an older name of
 * `tailLines` where `all` means no limit, and one of the two streams alone can't be had.
 * @returns what is asked for, or the refusal: 400 for what can't be read, 422 for what is out of range or excludes each other
 */
export function readLogQuery(
  query: string,
): { options: LogOptions; refusal?: undefined } | { options?: undefined; refusal: Refusal } {
  const values: Record<string, string> = {};
  for (const [key, value] of new URLSearchParams(query)) values[key] ??= value;
  if (values.stream !== undefined && values.stream !== '' && values.stream !== 'All') {
    const text = `unable to return the given log stream: ${JSON.stringify(values.stream)}. Standard output and standard error are one log here`;
    return { refusal: { status: 400, text } };
  }
  if (values.tail !== undefined && values.tail !== '') values.tailLines = values.tail === 'all' ? '' : values.tail;
  try {
    return { options: parseLogQuery(values) };
  } catch (error) {
    const { code, message } = InterLinkError.from(error);
    return { refusal: { status: code === 'invalid_argument' ? 400 : 422, text: message } };
  }
}
