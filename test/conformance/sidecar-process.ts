import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from '../testbed/process/free-ports.ts';

const main = join(import.meta.dirname, '../../packages/cli/src/main.ts');

export interface SidecarUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly tokenFile: string;
  token(): Promise<string>;
  /** Kills the process without a word, and starts another on what it left. */
  restart(): Promise<void>;
}

/**
 * A sidecar as a process of its own, in a home of its own.
 * @param command what to run: the name of one of ours, or a file, `.ts` or executable
 */
export async function startSidecarProcess(
  command: string,
  options: { readonly isUnix?: boolean; readonly env?: Record<string, string> } = {},
): Promise<SidecarUnderTest> {
  const home = await mkdtemp(join(tmpdir(), 'interlink-conformance-'));
  const [port = 0] = await findFreePorts(1);
  const url = options.isUnix === true ? `unix://${join(home, 'run', 'sidecar.sock')}` : `http://127.0.0.1:${port}`;
  const env = {
    ...{ PATH: process.env.PATH, HOME: home, LOGLEVEL: 'error', DATAROOTFOLDER: join(home, 'data') },
    ...(options.isUnix === true ? { SIDECARURL: url } : { SIDECARPORT: String(port) }),
    ...options.env,
  };
  const start = (): ChildProcess => spawn(...toCommand(command), { stdio: ['ignore', 'inherit', 'inherit'], env });
  const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const tokenFile = join(home, '.config', 'interlink', 'token');
  let child = start();
  return {
    url,
    tokenFile,
    token: async () => (await readFile(tokenFile, 'utf8')).trim(),
    restart: async () => {
      await end(child, 'SIGKILL');
      child = start();
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) await end(child, 'SIGTERM');
      await rm(home, { recursive: true, force: true });
    },
  };
}

function toCommand(command: string): [file: string, args: string[]] {
  const source = ['--conditions=interlink-source'];
  if (command.endsWith('.ts')) return [process.execPath, [...source, command]];
  return command.startsWith('/') ? [command, []] : [process.execPath, [...source, main, command]];
}
