import { join } from 'node:path';
import { killChildren } from '../process/own-namespace.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { ClusterCommands } from './cluster-commands.ts';
import type { ContainerName, NodeName } from './cluster-members.ts';
import { toPreparation } from './container-config.ts';

const READY_TIMEOUT_MS = 60_000;
const MUNGE_SOCKET = '/run/munge/munge.socket.2';
/** It runs as root, where Debian's would not: its folders are others. The socket is where clients look for it. */
const MUNGE_FLAGS = [
  '--foreground',
  '--key-file=/etc/slurm/munge.key',
  `--socket=${MUNGE_SOCKET}`,
  '--seed-file=/run/munge/munged.seed',
  '--log-file=/run/munge/munged.log',
  '--pid-file=/run/munge/munged.pid',
];

export interface ClusterDaemonsOptions {
  readonly commands: ClusterCommands;
  /** For their logs. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** munged, slurmctld and slurmd in a cluster's containers, as children of this process. */
export class ClusterDaemons {
  readonly #options: ClusterDaemonsOptions;
  readonly #running = new Map<string, ServerProcess>();

  constructor(options: ClusterDaemonsOptions) {
    this.#options = options;
  }

  /** Comes first in a container that has just started. */
  async startMunge(container: ContainerName): Promise<void> {
    const { exitCode, stderr } = await this.#options.commands.run(container, 'root', await toPreparation(container));
    if (exitCode !== 0) throw new Error(`Cannot prepare container ${container}: ${stderr}`);
    // A socket of before says nothing.
    await this.#succeeds(container, 'rm', '-f', MUNGE_SOCKET);
    await this.#start(container, ['munged', ...MUNGE_FLAGS], () =>
      this.#succeeds(container, 'test', '-S', MUNGE_SOCKET),
    );
  }

  async startController(): Promise<void> {
    await this.#start('controller', ['slurmctld', '-D'], () => this.#succeeds('controller', 'scontrol', 'ping'));
  }

  async stopController(signal: NodeJS.Signals): Promise<void> {
    await this.#running.get('slurmctld on controller')?.stop(signal);
  }

  async startNode(node: NodeName): Promise<void> {
    const sinfo = ['sinfo', '-h', '-n', node, '-p', 'main', '-o', '%T'];
    await this.startMunge(node);
    await this.#start(node, ['slurmd', '-D', '-N', node], async () => {
      const { stdout } = await this.#options.commands.run('controller', 'root', sinfo);
      return stdout.trim() === 'idle';
    });
  }

  /** Ends all of them at once, without regard for what they have in mind. */
  async kill(): Promise<void> {
    await Promise.all([...this.#running.values()].map((daemon) => daemon.stop('SIGKILL')));
  }

  async #start(container: ContainerName, argv: readonly string[], isReady: () => Promise<boolean>): Promise<void> {
    const { commands, directory, signal } = this.#options;
    signal.throwIfAborted();
    const [file, args] = await commands.toCommandLine(container, 'root', argv);
    const daemon = new ServerProcess({
      name: `${argv[0]} on ${container}`,
      file,
      args,
      logFile: join(directory, `${argv[0]}-${container}.log`),
      env: commands.env('root'),
      kill: killChildren,
    });
    this.#running.set(daemon.name, daemon);
    await waitUntilReady(daemon, isReady, { timeoutMs: READY_TIMEOUT_MS, signal });
  }

  async #succeeds(container: ContainerName, ...argv: string[]): Promise<boolean> {
    return (await this.#options.commands.run(container, 'root', argv)).exitCode === 0;
  }
}
