import { type KubeClient, pods } from '@interlink/kube';
import type { Logger } from '@interlink/service-kit';
import type { NodeFacts } from '../resolve/node-facts.ts';
import type { BackendMirror } from './backend-mirror.ts';
import type { PodEntry } from './pod-entry.ts';
import type { PodStopper } from './pod-stopper.ts';

export interface OrphanRemoverOptions {
  readonly client: Pick<KubeClient, 'list'>;
  readonly mirror: Pick<BackendMirror, 'get'>;
  readonly node: Pick<NodeFacts, 'name'>;
  /** The only ones whose pods are ours to end; default: all. */
  readonly namespaces?: readonly string[] | undefined;
  readonly stopper: PodStopper;
  readonly logger: Logger;
}

/** Orphans get this long to end. */
const orphanGraceSeconds = 2;

/** Ends pods that the backend has and the API does not want. */
export class OrphanRemover {
  readonly #options: OrphanRemoverOptions;

  constructor(options: OrphanRemoverOptions) {
    this.#options = options;
  }

  /** A pod never seen may be newer than the list that lacks it: ask for the newest before ending somebody's work. */
  async remove(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { client, mirror, logger, namespaces, node } = this.#options;
    const report = mirror.get(uid);
    if (report === undefined) return;
    if (!entry.isRemoved) {
      const { namespace, name } = report;
      if (namespaces !== undefined && !namespaces.includes(namespace)) return;
      // A list, since the node authorizer lets a node get no pod that is not there, or not its own.
      const fieldSelector = `metadata.name=${name},spec.nodeName=${node.name}`;
      const { items } = await client.list(pods, { namespace }, { fieldSelector, signal });
      if (items.some(({ metadata }) => metadata?.uid === uid)) return;
      if (entry.stopped === undefined)
        logger.info(
          { pod: `${namespace}/${name}`, podUid: uid },
          'the API no longer has this pod: removing it at the backend',
        );
    }
    await this.#options.stopper.stop(uid, entry, orphanGraceSeconds, signal);
  }
}
