import type { Clock } from '@interlink/sidecar-sdk';
import type { Partition, SlurmNode, SlurmSettings } from '../slurm/cluster.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';

/** What a cluster has changes by the hand of people: whoever asks within this time gets the last answer. */
const freshMs = 60_000;

/** The cluster as Slurm last described it. */
export interface ClusterState {
  readonly settings: SlurmSettings;
  readonly nodes: ReadonlyArray<SlurmNode>;
  readonly partitions: ReadonlyArray<Partition>;
}

/** Asks Slurm for its nodes and partitions, once a minute at most and whoever wants to know. */
export class ClusterView {
  readonly #slurm: Pick<SlurmApi, 'nodes' | 'partitions' | 'settings'>;
  readonly #clock: Clock;
  #asking: Promise<ClusterState> | undefined;
  #known: { readonly state: ClusterState; readonly atMs: number } | undefined;

  constructor(slurm: Pick<SlurmApi, 'nodes' | 'partitions' | 'settings'>, clock: Clock) {
    this.#slurm = slurm;
    this.#clock = clock;
  }

  /** @throws InterLinkError `unavailable` */
  async read(): Promise<ClusterState> {
    if (this.#known !== undefined && this.#clock.now() < this.#known.atMs + freshMs) return this.#known.state;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return await this.#asking;
  }

  /** The last answer, however old; undefined while Slurm was never heard. */
  async readIfThere(): Promise<ClusterState | undefined> {
    return await this.read().catch(() => this.#known?.state);
  }

  async #ask(): Promise<ClusterState> {
    const settings = this.#known?.state.settings ?? (await this.#slurm.settings());
    const [nodes, partitions] = [await this.#slurm.nodes(), await this.#slurm.partitions()];
    const state = { settings, nodes, partitions };
    this.#known = { state, atMs: this.#clock.now() };
    return state;
  }
}
