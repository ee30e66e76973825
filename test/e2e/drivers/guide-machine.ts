import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chown, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Account, asAccount, runCommandOrThrow, waitFor } from '../../testbed/index.ts';

const logLines = 40;
/** A shell that is told to end waits until those have ended that are in its background, and are told the same. */
const stay = 'trap : TERM; wait || wait';

/** A machine of a guide, and what was started there. */
export class GuideMachine implements AsyncDisposable {
  readonly home: string;
  readonly #account: Account;
  readonly #env: Readonly<Record<string, string>>;
  readonly #shells: ChildProcess[] = [];

  constructor(home: string, account: Account, env: Readonly<Record<string, string>>) {
    this.home = home;
    this.#account = account;
    this.#env = env;
  }

  /** Begins commands in a shell as a login has it, which stays for what they put into the background. */
  start(commands: string): void {
    const log = openSync(join(this.home, 'log'), 'a', 0o600);
    const [file, args] = asAccount(this.#account, ['bash', '-c', `${commands}\n${stay}`]);
    const shell = spawn(file, args, { cwd: this.home, env: this.#env, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    this.#shells.push(shell);
  }

  /** The last that its processes have said. */
  async logEnd(): Promise<string> {
    const log = await readFile(join(this.home, 'log'), 'utf8').catch(String);
    return `--- ${this.home}\n${log.trimEnd().split('\n').slice(-logLines).join('\n')}`;
  }

  /** Puts a file into the home, which only the account reads. */
  async write(path: string, content: string): Promise<void> {
    const { uid, gid } = this.#account;
    const file = join(this.home, path);
    await runCommandOrThrow(...asAccount(this.#account, ['mkdir', '-p', '-m', '0700', dirname(file)]));
    await writeFile(file, content, { mode: 0o600 });
    await chown(file, uid, gid);
  }

  /** Waits for a file. */
  async read(path: string): Promise<string> {
    return await waitFor(`${path} to be written`, async () => {
      const content = await readFile(join(this.home, path), 'utf8');
      return content !== '' && content;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const shell of this.#shells) {
      // The whole group: the shell, and what it has put into the background, which it waits for.
      signalGroup(shell, 'SIGTERM');
      await waitFor('the processes to end', () => shell.exitCode !== null || shell.signalCode !== null);
      signalGroup(shell, 'SIGKILL');
    }
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
