import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { type CommandEnd, InterLinkError, type RemoteCommand } from '@interlink/protocol';
import { toRefusal } from './container-log.ts';
import { sendRefusal, sendText } from './refusal.ts';
import type { Route } from './routes.ts';
import { notImplemented, type StreamSource } from './stream-call.ts';
import { findStreamTarget } from './stream-target.ts';

/** As container runtimes have it: what a command says beyond this is dropped. */
const maxOutputBytes = 16 * 1024 * 1024;

export interface RunRequest {
  route: Route;
  /** As it is in the request line. */
  query: string;
  response: ServerResponse;
}

/**
 * Answers `POST /run/…?cmd=…`: runs a command, whose words have spaces between them, to its end. The answer is what it said on
 * both outputs; the kubelet calls that JSON.
 */
export async function answerRun(
  { route, query, response }: RunRequest,
  { streams, pods }: StreamSource,
): Promise<void> {
  if (streams.exec === undefined) return sendRefusal(response, notImplemented('run'));
  const { target, refusal } = findStreamTarget(route, pods);
  if (refusal !== undefined) return sendRefusal(response, refusal);
  const text = new URLSearchParams(query).get('cmd') ?? '';
  const command = text.split(' ');
  if (text === '') return sendRefusal(response, { status: 400, text: 'you must specify a command: cmd=… is wanted' });
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const options = { command, stdin: false, stdout: true, stderr: true, tty: false };
    const running = await streams.exec(target.uid, target.container, options, gone.signal);
    const { end, output } = await waitFor(running, gone.signal);
    if (end.error !== undefined) return sendRefusal(response, toRefusal(end.error));
    if (end.exitCode !== 0) {
      return sendText(response, 500, `command '${text}' exited with ${end.exitCode}: ${output.toString('utf8')}`);
    }
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': output.length });
    response.end(output);
  } catch (error) {
    if (!gone.signal.aborted) sendRefusal(response, toRefusal(InterLinkError.from(error)));
  }
}

/** Reads both outputs as they come, to the command's end. The signal hangs up on it. */
async function waitFor(command: RemoteCommand, signal: AbortSignal): Promise<{ end: CommandEnd; output: Buffer }> {
  const leave = () => command.close();
  signal.addEventListener('abort', leave, { once: true });
  const chunks: Buffer[] = [];
  let left = maxOutputBytes;
  const collect = async (output: Readable | undefined) => {
    for await (const chunk of (output ?? []) as AsyncIterable<Buffer>) {
      if (left > 0) chunks.push(chunk.subarray(0, left));
      left -= chunk.length;
    }
  };
  try {
    await Promise.all([collect(command.stdout), collect(command.stderr)]);
    return { end: await command.ended, output: Buffer.concat(chunks) };
  } finally {
    signal.removeEventListener('abort', leave);
    command.close();
  }
}
