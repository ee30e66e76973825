import { type SlurmCluster, waitFor } from '../../../testbed/index.ts';

/** What slurmctld has on disk, kept and put back: whatever it did in between it has forgotten then. */
export class SavedState {
  readonly #own: SlurmCluster;
  readonly #folder = '/var/lib/slurm/slurmctld';

  constructor(own: SlurmCluster) {
    this.#own = own;
  }

  /** Again and again until slurmctld has replaced none of its files in between. */
  async keep(): Promise<void> {
    await waitFor('the state to be kept', async () => {
      await this.#run(`rm -rf ${this.#folder}.kept && cp -a ${this.#folder} ${this.#folder}.kept`);
      return true;
    });
  }

  /** While slurmctld is killed. */
  async bringBack(): Promise<void> {
    await this.#run(`rm -rf ${this.#folder} && cp -a ${this.#folder}.kept ${this.#folder}`);
  }

  /** Whether it has a job with this text: its name, or its comment. */
  async has(text: string): Promise<boolean> {
    return (
      (await this.#own.commands.run('controller', 'root', ['grep', '-q', text, `${this.#folder}/job_state`]))
        .exitCode === 0
    );
  }

  async #run(text: string): Promise<void> {
    const { exitCode, stderr } = await this.#own.commands.run('controller', 'root', ['sh', '-ec', text]);
    if (exitCode !== 0) throw new Error(stderr);
  }
}
