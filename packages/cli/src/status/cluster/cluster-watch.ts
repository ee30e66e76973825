import { isForbidden, type KubeClient, type Node, nodes, type Pod, pods, Reflector } from '@interlink/kube';
import { sleep } from '@interlink/service-kit';
import { inWords } from '../in-words.ts';
import {
  type ClusterFacts,
  isChosen,
  nodeSelector,
  podSelector,
  readLeases,
  unscheduledSelector,
} from './cluster-facts.ts';

/** As often as virtual kubelets renew them. */
const leaseIntervalMs = 10_000;

export interface ClusterWatchOptions {
  readonly client: Pick<KubeClient, 'get' | 'list' | 'watch'>;
  /** The only node to look at; undefined: all virtual nodes. */
  readonly nodename: string | undefined;
  /** Called when the facts are not what they were. */
  onChange(): void;
}

interface NodePods {
  readonly pods: Reflector<Pod>;
  readonly stop: AbortController;
  isSynced: boolean;
}

/** Keeps what `readCluster` reads up to date: one watch for nodes, one for the pods of each, one for pods without a node. */
export class ClusterWatch {
  readonly #options: ClusterWatchOptions;
  readonly #nodes: Reflector<Node>;
  readonly #unscheduled: Reflector<Pod>;
  readonly #podsOf = new Map<string, NodePods>();
  /** What is watched, to what is wrong with that. */
  readonly #troubles = new Map<string, string>();
  #heardAt: ReadonlyMap<string, string> = new Map();
  #isSynced = false;
  #seesUnscheduled = false;
  #signal = AbortSignal.abort();

  constructor(options: ClusterWatchOptions) {
    const { client, onChange } = options;
    this.#options = options;
    this.#nodes = new Reflector({
      ...{ client, type: nodes, ...nodeSelector, ...this.#told('nodes', () => (this.#isSynced = true)) },
      keyOf: nameOf,
      onAdd: (node) => this.#follow(nameOf(node)),
      onUpdate: onChange,
      onDelete: (node) => this.#leave(nameOf(node)),
    });
    this.#unscheduled = new Reflector({
      ...{ client, type: pods, ...unscheduledSelector, ...this.#changes() },
      onSynced: () => {
        this.#seesUnscheduled = true;
        onChange();
      },
      // Whoever may not list them sees all but these.
      onTrouble: (error) => isForbidden(error) || this.#trouble('pods without a node', error),
    });
  }

  /** Whether all that is watched was listed. */
  get isComplete(): boolean {
    return this.#isSynced && [...this.#podsOf.values()].every(({ isSynced }) => isSynced);
  }

  /** Undefined until the nodes were listed. */
  get facts(): ClusterFacts | undefined {
    if (!this.#isSynced) return undefined;
    return {
      nodes: [...this.#nodes.values()].filter((node) => isChosen(nameOf(node), this.#options.nodename)),
      pods: [...this.#podsOf.values()].flatMap(({ pods }) => [...pods.values()]),
      unscheduled: this.#seesUnscheduled ? [...this.#unscheduled.values()] : undefined,
      heardAt: this.#heardAt,
    };
  }

  get troubles(): string[] {
    return [...this.#troubles.values()];
  }

  /** Runs until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await Promise.all([this.#nodes.run(signal), this.#unscheduled.run(signal), this.#readLeases(signal)]);
  }

  /** Leases are read, not watched: a virtual kubelet's own account may do no more. */
  async #readLeases(signal: AbortSignal): Promise<void> {
    await this.#nodes.synced;
    while (!signal.aborted) {
      this.#heardAt = await readLeases(this.#options.client, [...this.#podsOf.keys()], signal);
      this.#options.onChange();
      await sleep(leaseIntervalMs, signal);
    }
  }

  #follow(name: string): void {
    const { client, nodename, onChange } = this.#options;
    if (!isChosen(name, nodename)) return;
    const stop = new AbortController();
    const followed: NodePods = {
      ...{ stop, isSynced: false },
      pods: new Reflector({
        ...{ client, type: pods, ...podSelector(name), ...this.#changes() },
        ...this.#told(`pods of ${name}`, () => (followed.isSynced = true)),
      }),
    };
    this.#podsOf.set(name, followed);
    void followed.pods.run(AbortSignal.any([this.#signal, stop.signal]));
    onChange();
  }

  #leave(name: string): void {
    this.#podsOf.get(name)?.stop.abort();
    this.#podsOf.delete(name);
    this.#troubles.delete(`pods of ${name}`);
    this.#options.onChange();
  }

  #changes() {
    const { onChange } = this.#options;
    return { onAdd: onChange, onUpdate: onChange, onDelete: onChange };
  }

  #told(what: string, onSynced: () => void) {
    return {
      onSynced: () => {
        onSynced();
        this.#troubles.delete(what);
        this.#options.onChange();
      },
      onTrouble: (error: Error) => this.#trouble(what, error),
    };
  }

  #trouble(what: string, error: Error): void {
    this.#troubles.set(what, `${what}: ${inWords(error)}`);
    this.#options.onChange();
  }
}

function nameOf({ metadata }: Node): string {
  return metadata?.name ?? '';
}
