import { EngineContainers } from '../docker/engine-containers.ts';
import type { CommandLine } from '../process/die-with-parent.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from '../process/process-identity.ts';
import { type CommandResult, runCommand } from '../process/run-command.ts';
import { ROOT, toLoginEnv } from './account.ts';
import { type ClusterAccount, type ContainerName, clusterAccounts } from './cluster-members.ts';
import { inContainer } from './in-container.ts';
import type { ShellOptions, SlurmShell } from './slurm-shell.ts';

/** What commands in a cluster's containers are reached by; part of its data. */
export interface ClusterEntrance {
  /** Socket of the engine that the containers belong to. */
  readonly socket: string;
  /** How the engine calls them. */
  readonly containers: Readonly<Record<ContainerName, string>>;
}

/** Runs commands in a cluster's containers, from whichever process of this machine that is root's. */
export class ClusterCommands {
  readonly #entrance: ClusterEntrance;
  readonly #engine: EngineContainers;
  readonly #first = new Map<ContainerName, ProcessIdentity>();

  constructor(entrance: ClusterEntrance) {
    this.#entrance = entrance;
    this.#engine = new EngineContainers(entrance.socket);
  }

  /** Runs a command in the account's home, with a clean environment. One that fails is a result, too. */
  async run(
    container: ContainerName,
    account: ClusterAccount,
    argv: readonly string[],
    { env, input }: Omit<ShellOptions, 'account'> = {},
  ): Promise<CommandResult> {
    const [file, args] = await this.toCommandLine(container, account, argv);
    return await runCommand(file, args, { env: { ...this.env(account), ...env }, input });
  }

  /** For a process that lives longer: spawn it with the environment {@link env}, signal it by `killChildren`. */
  async toCommandLine(
    container: ContainerName,
    account: ClusterAccount,
    argv: readonly string[],
  ): Promise<CommandLine> {
    return inContainer(await this.#pid(container), toAccount(account), argv);
  }

  env(account: ClusterAccount): Record<string, string> {
    return toLoginEnv(toAccount(account));
  }

  /** Slurm's commands on one of the containers, by default as alice. */
  shell(container: ContainerName): SlurmShell {
    return {
      run: async (argv, { account = 'alice', ...options } = {}) =>
        await this.run(container, account as ClusterAccount, argv, options),
    };
  }

  /** The container's first process; looked for again after the container was started anew. */
  async #pid(container: ContainerName): Promise<number> {
    let first = this.#first.get(container);
    if (first === undefined || !isRunning(first)) {
      first = identifyProcess(await this.#engine.findPid(this.#entrance.containers[container]));
      if (first === undefined) throw new Error(`Cannot enter container ${container}: it has just ended`);
      this.#first.set(container, first);
    }
    return first.pid;
  }
}

function toAccount(account: ClusterAccount) {
  return account === 'root' ? ROOT : clusterAccounts[account];
}
