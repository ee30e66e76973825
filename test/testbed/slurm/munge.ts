import { randomBytes } from 'node:crypto';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';

export interface MungeOptions {
  /** Made here. Every account must be able to go through all folders above it. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly cleanUp: AsyncDisposableStack;
}

const READY_TIMEOUT_MS = 10_000;

/** Starts a munged with a key of its own, by which Slurm's programs know who calls. @returns its socket */
export async function startMunge({ directory, signal, cleanUp }: MungeOptions): Promise<string> {
  await mkdir(directory);
  await chmod(directory, 0o755);
  const file = (name: string) => join(directory, name);
  await writeFile(file('munge.key'), randomBytes(128), { mode: 0o400 });
  const socket = file('munge.socket');
  const server = new ServerProcess({
    name: 'munged',
    file: 'munged',
    args: [
      '--foreground',
      `--key-file=${file('munge.key')}`,
      `--socket=${socket}`,
      `--pid-file=${file('munged.pid')}`,
      `--seed-file=${file('munged.seed')}`,
      `--log-file=${file('munged-log')}`,
    ],
    logFile: file('munged.log'),
  });
  cleanUp.defer(() => server.stop());
  const isThere = () =>
    stat(socket).then(
      () => true,
      () => false,
    );
  await waitUntilReady(server, isThere, { timeoutMs: READY_TIMEOUT_MS, signal });
  return socket;
}
