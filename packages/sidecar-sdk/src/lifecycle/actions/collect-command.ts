import type { Readable } from 'node:stream';
import type { RemoteCommand } from '@interlink/protocol';
import type { CommandResult } from './action-target.ts';
import { untilAborted } from './deadline.ts';
import { limitText, maxTextBytes } from './limit-text.ts';

/**
 * Waits for a command that a backend's `exec` has begun, and keeps the beginning of its output, stdout before stderr as a kubelet does.
 * It hangs up on the command when the signal aborts. @throws what kept the command from ending; the signal's reason
 */
export async function collectCommand(command: RemoteCommand, signal: AbortSignal): Promise<CommandResult> {
  const outputs = [collect(command.stdout), collect(command.stderr)];
  try {
    const end = await untilAborted(command.ended, signal);
    if (end.error !== undefined) throw end.error;
    const texts = await untilAborted(Promise.all(outputs), signal);
    return { exitCode: end.exitCode, output: limitText(Buffer.concat(texts)) };
  } catch (error) {
    command.close();
    throw error;
  }
}

/** The beginning of a stream, of which the rest is read and forgotten, so that the command does not wait. */
async function collect(stream: Readable | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream ?? []) {
      if (bytes <= maxTextBytes) chunks.push(Buffer.from(chunk));
      bytes += chunk.length;
    }
  } catch {
    // Its end says what became of the command.
  }
  return Buffer.concat(chunks);
}
