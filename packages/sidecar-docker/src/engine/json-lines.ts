import { InterLinkError } from '@interlink/sidecar-sdk';

/** The engine has no line that is as long: whoever writes one has nothing to say. */
const maxLineLength = 4 * 1024 * 1024;

/**
 * The JSON values of a stream of the engine's: one a line. A broken last line (the stream was cut) is left out.
 * @throws InterLinkError `internal` for another line that is no JSON, `out_of_range` for one without an end
 */
export async function* readJsonLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineLength)
      throw new InterLinkError('out_of_range', `The engine's line is longer than ${maxLineLength} characters`);
    for (const line of lines) if (line.trim() !== '') yield parseLine(line);
  }
  const last = parseOrUndefined(rest);
  if (last !== undefined) yield last;
}

function parseLine(line: string): unknown {
  const value = parseOrUndefined(line);
  if (value !== undefined) return value;
  throw new InterLinkError('internal', `The engine's line ${JSON.stringify(line.slice(0, 200))} is no JSON`);
}

function parseOrUndefined(text: string): unknown {
  try {
    return text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
