import { randomUUID } from 'node:crypto';
import { chown, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SlurmHost } from '../../test/testbed/index.ts';
import type { HostSidecar } from './host-sidecar.ts';

/** The script of a pod of the sidecar, given to sbatch by hand, with the pod's own options. */
export class SbatchByHand {
  readonly #host: SlurmHost;
  readonly #template: string;
  readonly #home: string;

  private constructor(host: SlurmHost, template: string, home: string) {
    this.#host = host;
    this.#template = template;
    this.#home = home;
  }

  /** @param uid of a pod that waits: its folder is what each job by hand gets a copy of */
  static async open(host: SlurmHost, { root, home }: HostSidecar, uid: string): Promise<SbatchByHand> {
    const byHand = new SbatchByHand(host, join(root, `bench-${uid}`), join(home, 'by-hand'));
    for (const folder of ['.', '.spool']) await byHand.#makeFolder(folder);
    return byHand;
  }

  /** @returns the arguments of sbatch, for a job of its own, with more options */
  async prepare(more: ReadonlyArray<string> = []): Promise<string[]> {
    const uid = randomUUID();
    const before = basename(this.#template);
    const folder = join(this.#home, `bench-${uid}`);
    await cp(this.#template, folder, { recursive: true });
    const script = await readFile(join(folder, 'job.sh'), 'utf8');
    const uidBefore = before.replace('bench-', '');
    const moved = script
      .replaceAll(this.#template, folder)
      .replaceAll(join(this.#template, '..', '.spool'), join(this.#home, '.spool'))
      .replaceAll(uidBefore, uid);
    await writeFile(join(folder, 'job.sh'), moved, { mode: 0o700 });
    for (const path of ['.', ...(await readdir(folder, { recursive: true }))]) await this.#own(join(folder, path));
    const { order } = JSON.parse(await readFile(join(folder, 'request.json'), 'utf8')) as {
      order: { options: string[] };
    };
    return [
      ...['--parsable', `--output=${join(folder, 'slurm.out')}`, '--export=NIL', ...more],
      ...order.options.filter((option) => option !== '--hold'),
      join(folder, 'job.sh'),
    ];
  }

  /** Submits. @returns the job's id */
  async submit(args: ReadonlyArray<string>): Promise<string> {
    const { stdout, stderr, exitCode } = await this.#host.shell.run(['sbatch', ...args]);
    if (exitCode !== 0) throw new Error(`sbatch exited with code ${exitCode}: ${stderr}`);
    return stdout.trim();
  }

  /** Submits one after the other in a shell's loop. */
  async submitAll(all: ReadonlyArray<ReadonlyArray<string>>): Promise<string[]> {
    const words = all.map((args) => args.join('\t')).join('\n');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash's.
    const loop = 'while IFS=$\'\\t\' read -ra words; do sbatch "${words[@]}" </dev/null || exit; done';
    const { stdout, stderr, exitCode } = await this.#host.shell.run(['bash', '-c', loop], { input: `${words}\n` });
    if (exitCode !== 0) throw new Error(`sbatch exited with code ${exitCode}: ${stderr}`);
    return stdout.trim().split('\n');
  }

  /** Waits until the job's script has its container running. */
  async untilRunning(args: ReadonlyArray<string>): Promise<void> {
    const state = join(args.at(-1) ?? '', '..', 'containers', 'main', 'state');
    while (!(await readFile(state, 'utf8').catch(() => '')).includes('state=running')) await sleep(10);
  }

  async cancel(ids: ReadonlyArray<string>): Promise<void> {
    await this.#host.shell.run(['scancel', '--signal=KILL', '--batch', ...ids]);
    await this.#host.shell.run(['scancel', ...ids]);
  }

  async #makeFolder(name: string): Promise<void> {
    await mkdir(join(this.#home, name), { mode: 0o700, recursive: true });
    await this.#own(join(this.#home, name));
  }

  async #own(path: string): Promise<void> {
    const { uid, gid } = this.#host.data.account;
    await chown(path, uid, gid);
  }
}
