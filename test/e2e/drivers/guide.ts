import { chmod, chown, copyFile, link, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Account,
  type ControlPlaneData,
  ensureBinaries,
  kubectl,
  runCommandOrThrow,
  type SlurmHostData,
  toLoginEnv,
} from '../../testbed/index.ts';
import { commandsBelow } from './document-commands.ts';
import { GuideMachine } from './guide-machine.ts';

const root = join(import.meta.dirname, '../../..');

export interface GuideOptions {
  /** From the repository's root. */
  readonly document: string;
  readonly controlPlane: ControlPlaneData;
  readonly slurm: SlurmHostData;
}

/**
 * A page of docs/guides, walked through on this machine: its commands run as they stand, in shells of an ordinary account, but for names and
 * ports that are this machine's.
 */
export class Guide implements AsyncDisposable {
  /** Names of the page, and what they are here. */
  readonly names = new Map([
    // There is no Apptainer on this machine.
    ['\nDataRootFolder:', '\nContainerRuntime: none\nDataRootFolder:'],
  ]);
  readonly options: GuideOptions;
  readonly #cleanUp = new AsyncDisposableStack();
  /** Folder of executables, which every account can run. */
  readonly programs: string;
  readonly #reports: Array<() => Promise<string>> = [];

  private constructor(options: GuideOptions, programs: string) {
    this.options = options;
    this.programs = programs;
  }

  /** Has somebody walk through the page; what is left of that goes. @throws what goes wrong, with what the processes have said */
  static async walk(options: GuideOptions, walk: (guide: Guide) => Promise<void>): Promise<void> {
    await using guide = await Guide.#begin(options);
    try {
      await walk(guide);
    } catch (error) {
      const logs = await Promise.all(guide.#reports.map(async (report) => await report()));
      throw new Error([String(error), ...logs].join('\n'), { cause: error });
    } finally {
      await guide.#kubectl('delete', 'pod', 'busyecho', '--ignore-not-found', '--timeout=60s');
    }
  }

  static async #begin(options: GuideOptions): Promise<Guide> {
    const programs = await mkdtemp(join(tmpdir(), 'guide-programs-'));
    const guide = new Guide(options, programs);
    guide.#cleanUp.defer(async () => await rm(programs, { recursive: true, force: true }));
    guide.#cleanUp.defer(async () => await guide.#kubectl('delete', 'node', 'my-site', '--ignore-not-found'));
    // Where other accounts than the tests' own may go.
    await chmod(programs, 0o755);
    await copyFile(join(await ensureBinaries(), 'interlink'), join(programs, 'interlink'));
    for (const name of ['slurm-sidecar', 'vk']) await link(join(programs, 'interlink'), join(programs, name));
    return guide;
  }

  get account(): Account {
    return this.options.slurm.account;
  }

  /** One of the machines of the page: a home of its own, and the variables of a login. */
  async machine(name: string): Promise<GuideMachine> {
    const { account, conf } = this.options.slurm;
    const home = await mkdtemp(join(account.home, `${name}-`));
    await chown(home, account.uid, account.gid);
    const login = toLoginEnv(account);
    const machine = new GuideMachine(home, account, {
      ...{ ...login, HOME: home, PATH: `${this.programs}:${login.PATH}`, SLURM_CONF: conf },
      ...{ POD_IP: '127.0.0.1', KUBELET_PORT: '0' },
    });
    this.#cleanUp.use(machine);
    this.tellOf(async () => await machine.logEnd());
    await machine.write('.kube/config', await readFile(this.options.controlPlane.kubeconfig, 'utf8'));
    return machine;
  }

  /** Commands of the page, one block after the other. */
  async commands(...headings: ReadonlyArray<string>): Promise<string> {
    const blocks: string[] = [];
    for (const heading of headings) blocks.push(await commandsBelow(this.options.document, `## ${heading}`));
    return this.translate(blocks.join('\n'));
  }

  /** A text of the page with names of this machine. */
  translate(text: string): string {
    return [...this.names].reduce((translated, [there, here]) => translated.replaceAll(there, here), text);
  }

  /** Runs commands that end as the cluster's administrator, in the repository or another folder. @returns what they printed */
  async administer(heading: string, cwd = root): Promise<string> {
    const { kubectl: program, kubeconfig } = this.options.controlPlane;
    const env = { ...process.env, PATH: `${dirname(program)}:${process.env.PATH}`, KUBECONFIG: kubeconfig };
    const script = await this.commands(heading);
    return await runCommandOrThrow('bash', ['-euo', 'pipefail', '-c', script], { cwd, env, timeoutMs: 300_000 });
  }

  /** Has this told when the walk fails. */
  tellOf(report: () => Promise<string>): void {
    this.#reports.push(report);
  }

  /** Has something done at the end, in reverse order. */
  atEnd(what: () => Promise<unknown>): void {
    this.#cleanUp.defer(async () => void (await what()));
  }

  async #kubectl(...args: ReadonlyArray<string>): Promise<void> {
    await kubectl({ controlPlane: this.options.controlPlane }, args, { timeoutMs: 90_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanUp.disposeAsync();
  }
}
