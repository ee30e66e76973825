import { appendFile, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findProgram } from '../process/find-program.ts';
import { findFreePorts } from '../process/free-ports.ts';
import { runCommandOrThrow } from '../process/run-command.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { Account } from '../slurm/account.ts';
import { asAccount } from '../slurm/host-shell.ts';
import { waitFor } from '../wait-for.ts';

export interface SshdOptions {
  /** Whom it runs as, and lets in: of an sshd that is not root's, nobody else. */
  readonly account: Account;
  /** Made here. */
  readonly directory: string;
  /** More of sshd_config(5), which comes last. */
  readonly config?: string | undefined;
}

/** OpenSSH's server on loopback, whose connections a test can cut and freeze. */
export class Sshd implements AsyncDisposable {
  readonly port: number;
  readonly #options: SshdOptions;
  readonly #program: string;
  #server: ServerProcess | undefined;

  private constructor(options: SshdOptions, program: string, port: number) {
    this.#options = options;
    this.#program = program;
    this.port = port;
  }

  static async start(options: SshdOptions): Promise<Sshd> {
    const program = await findProgram('sshd');
    if (program === undefined) throw new Error('Cannot start sshd: there is none on this machine');
    const [port = 0] = await findFreePorts(1);
    const sshd = new Sshd(options, program, port);
    await mkdir(options.directory, { mode: 0o700 });
    await writeFile(sshd.#file('authorized_keys'), '');
    await writeFile(sshd.#file('sshd_config'), sshd.#renderConfig());
    await runCommandOrThrow('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', sshd.#file('host_key')]);
    for (const name of ['.', 'authorized_keys', 'sshd_config', 'host_key'])
      await chown(sshd.#file(name), options.account.uid, options.account.gid);
    await sshd.resume();
    return sshd;
  }

  /** Takes a key, with options of authorized_keys, `restrict,port-forwarding`; none: for everything. */
  async authorize(publicKey: string, options = ''): Promise<void> {
    await appendFile(this.#file('authorized_keys'), `${options} ${publicKey}`.trimStart());
  }

  /** Processes of the connections that there are: of each one that watches, and below it one that talks. */
  async connections(): Promise<number[]> {
    return await processesBelow(Number(await readFile(this.#file('sshd.pid'), 'utf8')));
  }

  /**
   * Sends a signal to all connections, and waits for another to come: SIGKILL cuts them; SIGSTOP has them say nothing any more, and hold what
   * they have until then.
   */
  async disturb(signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
    const disturbed = await this.connections();
    if (disturbed.length === 0) throw new Error('There is no connection to disturb');
    signalAll(disturbed, signal);
    await waitFor('another connection', async () => {
      return (await this.connections()).some((pid) => !disturbed.includes(pid));
    });
    signalAll(disturbed, 'SIGKILL');
  }

  /** Ends it with all its connections; whoever comes is refused. */
  async pause(): Promise<void> {
    const connections = await this.connections().catch(() => []);
    await this.#server?.stop();
    signalAll(connections, 'SIGKILL');
  }

  /** Listens again, at the same port. */
  async resume(): Promise<void> {
    const { account } = this.#options;
    const listening = [this.#program, '-D', '-e', '-f', this.#file('sshd_config')];
    // Another account is another start for the kernel, which forgets that it was to end with this process.
    const [file, args] = asAccount(account, ['setpriv', '--pdeathsig', 'KILL', ...listening]);
    const server = new ServerProcess({ name: 'sshd', file, args, logFile: this.#file('log') });
    this.#server = server;
    const { signal } = new AbortController();
    await waitUntilReady(server, async () => await this.#isAnswered(), { timeoutMs: 30_000, signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pause();
  }

  #file(name: string): string {
    return join(this.#options.directory, name);
  }

  #renderConfig(): string {
    const lines = [
      `ListenAddress 127.0.0.1:${this.port}`,
      `HostKey ${this.#file('host_key')}`,
      `PidFile ${this.#file('sshd.pid')}`,
      `AuthorizedKeysFile ${this.#file('authorized_keys')}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      // Where the tests' folders are, others may write.
      'StrictModes no',
    ];
    return [...lines, this.#options.config ?? '', ''].join('\n');
  }

  /** Whether somebody listens. */
  async #isAnswered(): Promise<boolean> {
    return await new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
    });
  }
}

async function processesBelow(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  return [...pids, ...(await Promise.all(pids.map(processesBelow))).flat()];
}

function signalAll(pids: ReadonlyArray<number>, signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It has gone with another of them.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
