import type { Logger, RunOrder } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { startCommand } from '../exec.ts';

/** As much as the kubelet keeps of a probe's output. */
const maxOutputBytes = 10 * 1_024;

/** Runs a command to its end, for probes and hooks. @throws InterLinkError when the engine can't, or the signal aborts */
export async function runCommand(
  containerId: string,
  { command, signal }: Pick<RunOrder, 'command' | 'signal'>,
  { engine, logger }: { readonly engine: Engine; readonly logger: Logger },
): Promise<{ exitCode: number; output: string }> {
  const options = { command: [...command], stdin: false, stdout: true, stderr: true, tty: false };
  const running = await startCommand(containerId, { options, signal }, { engine, logger });
  const abort = () => running.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const output: Buffer[] = [];
    let bytes = 0;
    const collect = async (stream: AsyncIterable<Uint8Array> | undefined) => {
      for await (const chunk of stream ?? []) {
        if (bytes < maxOutputBytes) output.push(Buffer.from(chunk).subarray(0, maxOutputBytes - bytes));
        bytes += chunk.length;
      }
    };
    await Promise.all([collect(running.stdout), collect(running.stderr)]);
    const end = await running.ended;
    signal.throwIfAborted();
    if ('error' in end) throw end.error;
    return { exitCode: end.exitCode, output: Buffer.concat(output).toString('utf8') };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
