import { type ChildProcess, spawn } from 'node:child_process';
import { access, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { InterLinkError, quoteWord, type TerminalSize } from '@interlink/sidecar-sdk';
import { identifyProcess } from '../runner/process-identity.ts';
import type { RunOrder } from '../runner/records.ts';
import { signalGroup } from '../runtime/signal-group.ts';
import { type CommandTerminal, hangUpMs } from './child-command.ts';

/**
 * Node has no pseudo-terminals. util-linux' `script` opens one for a command, and is on every Linux of ordinary kind:
 * https://man7.org/linux/man-pages/man1/script.1.html
 */
const script = '/usr/bin/script';
const shell = '/bin/sh';

/** The terminal's device is looked for this long. */
const openSteps = 100;
const openStepMs = 20;

/**
 * What to run instead, so that the command gets a terminal. `script` takes one text for a shell: every word of it is quoted.
 * @throws InterLinkError `failed_precondition` where there is no `script` as Linux has it
 */
export async function toTerminalOrder({ argv, env, ...rest }: RunOrder): Promise<RunOrder> {
  const isThere =
    process.platform === 'linux' &&
    (await access(script).then(
      () => true,
      () => false,
    ));
  if (!isThere) {
    throw new InterLinkError(
      'failed_precondition',
      `This sidecar has no terminal to offer: ${script} of util-linux is not on its machine. Ask without a terminal`,
    );
  }
  // `script` runs the text with $SHELL, which the command then gets back as it was.
  const restored = env.SHELL === undefined ? 'unset SHELL' : `SHELL=${quoteWord(env.SHELL)}`;
  const text = `${restored}; exec ${argv.map(quoteWord).join(' ')}`;
  return { ...rest, argv: [script, '-qfec', text, '/dev/null'], env: { TERM: 'xterm', ...env, SHELL: shell } };
}

/** The terminal of a command that was started by {@link toTerminalOrder}. */
export function openTerminal(scriptProcess: ChildProcess): CommandTerminal {
  let wanted: TerminalSize | undefined;
  let isResizing = false;
  return {
    resize: (size) => {
      wanted = size;
      if (!isResizing) void keepResizing();
    },
    hangUp: () => void hangUp(scriptProcess),
  };

  /** One size at a time; of several that wait only the last counts. */
  async function keepResizing(): Promise<void> {
    isResizing = true;
    while (wanted !== undefined) {
      const size = wanted;
      wanted = undefined;
      const device = await findDevice(scriptProcess);
      if (device !== undefined) await setSize(device, size);
    }
    isResizing = false;
  }
}

/** The standard input of `script`'s child. Undefined when it has ended. */
async function findDevice(scriptProcess: ChildProcess): Promise<string | undefined> {
  for (let step = 0; step < openSteps && scriptProcess.exitCode === null; step += 1) {
    const child = await findChild(scriptProcess);
    const device = child === undefined ? '' : await readlink(`/proc/${child}/fd/0`).catch(() => '');
    if (/^\/dev\/pts\/\d+$/.test(device)) return device;
    await delay(openStepMs);
  }
  return undefined;
}

async function findChild({ pid }: ChildProcess): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const first = /^\d+/.exec(children)?.[0];
  return first === undefined ? undefined : Number(first);
}

/** `script`'s death closes the terminal: the kernel hangs up on who runs there. Who does not heed that is killed. */
async function hangUp(scriptProcess: ChildProcess): Promise<void> {
  const child = await findChild(scriptProcess);
  const leader = child === undefined ? undefined : identifyProcess(child);
  scriptProcess.kill('SIGKILL');
  await delay(hangUpMs, undefined, { ref: false });
  if (leader !== undefined) signalGroup(leader, 'SIGKILL');
}

async function setSize(device: string, { width, height }: TerminalSize): Promise<void> {
  const size = ['rows', String(height), 'cols', String(width)];
  const stty = spawn('stty', ['-F', device, ...size], { env: { PATH: '/usr/bin:/bin' }, stdio: 'ignore' });
  await new Promise<void>((resolve) => {
    stty.once('exit', () => resolve());
    stty.once('error', () => resolve());
  });
}
