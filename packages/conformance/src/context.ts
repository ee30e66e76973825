import type { Owner } from '@interlink/protocol';
import type { Site } from './check.ts';
import type { Caller } from './http/caller.ts';
import { OwnedPods } from './pods/owned-pods.ts';
import { V1Pods } from './pods/v1-pods.ts';

export interface ContextOptions {
  readonly site: Site;
  readonly caller: Caller;
  /** Shows no token. */
  readonly stranger: Caller;
  /** Shows a token that is not the right one. */
  readonly impostor: Caller;
  readonly image: string;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** Ends the sidecar and starts it again; resolves when it answers. */
  readonly restart: () => Promise<void>;
  /** What a check's owners are called: nobody else's pods are under them. */
  readonly cluster: string;
  readonly node: string;
}

/** What a check works with. Its owners are its own; {@link cleanUp} removes its pods whatever happened. */
export class CheckContext {
  readonly site: Site;
  readonly caller: Caller;
  readonly stranger: Caller;
  readonly impostor: Caller;
  readonly signal: AbortSignal;
  readonly patienceMs: number;
  readonly restart: () => Promise<void>;
  /** The pods of this check's owner. */
  readonly pods: OwnedPods;
  /** Another owner, who must not see them. */
  readonly neighbour: OwnedPods;
  readonly v1: V1Pods;
  readonly #cleanUps: Array<() => Promise<unknown>> = [];

  constructor(options: ContextOptions) {
    const { caller, image, patienceMs, signal, cluster, node } = options;
    this.site = options.site;
    this.caller = caller;
    this.stranger = options.stranger;
    this.impostor = options.impostor;
    this.signal = signal;
    this.patienceMs = patienceMs;
    this.restart = options.restart;
    const defer = (cleanUp: () => Promise<unknown>) => void this.#cleanUps.push(cleanUp);
    const owned = (owner: Owner) => new OwnedPods({ caller, owner, image, patienceMs, signal, defer });
    this.pods = owned({ cluster, node });
    this.neighbour = owned({ cluster, node: `${node}-neighbour` });
    this.v1 = new V1Pods({ caller, node, image, patienceMs, signal, defer });
  }

  /** Never throws: what can't be removed now has failed a check already. */
  async cleanUp(): Promise<void> {
    await Promise.allSettled(this.#cleanUps.map(async (cleanUp) => await cleanUp()));
  }
}
