import {
  isAlreadyExists,
  isConflict,
  isForbidden,
  isNotFound,
  type KubeClient,
  type Node,
  nodeStatusPatch,
  nodes,
} from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { type Logger, sleep } from '@interlink/service-kit';
import { withOthers } from './backend-owned.ts';
import { keepEqualQuantities } from './keep-equal-quantities.ts';
import { type NodeHealth, nodeConditions } from './node-conditions.ts';
import { type NodeDescription, nodeObject } from './node-object.ts';
import { poolTaintsPatch } from './pool-taints.ts';

export interface NodeControllerOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  /** Asked whenever the status is computed: capacity may change. */
  describe(): NodeDescription;
  health(): NodeHealth;
  /** The node exists, as it was found or made: the lease refers to its UID. */
  onRegistered(node: Node): void;
}

/** How often the status is computed; it is sent only when something changed, or as a heartbeat. */
export const computeIntervalMs = 10_000;
/** Heartbeats are the lease's work; the status alone is sent this often. Faster ones fail the conformance test "report node status infrequently". */
export const heartbeatIntervalMs = 300_000;
const registerBackoff = { baseMs: 100, maxMs: 7_000 };

/** Registers the node and keeps its status true. A node that somebody deletes comes back. */
export class NodeController {
  readonly #options: NodeControllerOptions;
  #server: Node | undefined;
  #heartbeatAt = Number.NEGATIVE_INFINITY;
  #wake = new AbortController();
  /** What it was told of last that it may not set. */
  #refusedTaints: string | undefined;

  constructor(options: NodeControllerOptions) {
    this.#options = options;
  }

  /** The node as the Kubernetes API last showed it; undefined before it is registered. */
  get node(): Node | undefined {
    return this.#server;
  }

  /** The node as the Kubernetes API has it now; undefined when it has none. */
  async read(signal: AbortSignal): Promise<Node | undefined> {
    const { name } = this.#options.describe();
    return await this.#options.client.get(nodes, { name }, { signal }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  /** Something that the status shows has changed: compute it now. */
  notify(): void {
    this.#wake.abort();
  }

  /** Registers the node, trying until it works or the signal aborts. */
  async register(signal: AbortSignal): Promise<void> {
    let waitMs = registerBackoff.baseMs;
    while (!signal.aborted) {
      try {
        await this.#ensure(signal);
        return;
      } catch (error) {
        if (signal.aborted) break;
        this.#options.logger.warn({ err: error }, 'cannot register the node yet');
        await sleep(waitMs, signal);
        waitMs = Math.min(waitMs * 2, registerBackoff.maxMs);
      }
    }
    throw InterLinkError.from(signal.reason);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController();
      await this.#update(signal).catch((error: unknown) => {
        if (!signal.aborted) this.#options.logger.warn({ err: error }, 'cannot update the node status');
      });
      await sleep(computeIntervalMs, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** A new node begins NotReady; one that is there keeps its Ready condition until we know better. */
  async #ensure(signal: AbortSignal): Promise<void> {
    const { client, logger } = this.#options;
    const description = this.#options.describe();
    const existing = await this.read(signal);
    if (existing !== undefined) {
      this.#adopt(await this.#moveHere(existing, description, signal));
      warnOfTaints(existing, description, logger);
      return;
    }
    const now = new Date().toISOString();
    const conditions = nodeConditions({ ...this.#options.health(), isReady: false }, [], now);
    try {
      this.#adopt(await client.create(nodes, {}, nodeObject(description, conditions), { signal }));
      logger.info('node registered');
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await this.#ensure(signal);
    }
  }

  /** The node may show where an earlier process was to be found. Everything else waits until more is known. */
  async #moveHere(existing: Node, description: NodeDescription, signal: AbortSignal): Promise<Node> {
    const { addresses, daemonEndpoints } = nodeObject(description, []).status ?? {};
    const status = { ...existing.status, ...(addresses && { addresses }), ...(daemonEndpoints && { daemonEndpoints }) };
    const patch = nodeStatusPatch(existing, { ...existing, status });
    if (patch === undefined) return existing;
    const path = { name: description.name, subresource: 'status' };
    return await this.#options.client.patch(nodes, path, patch, { kind: 'strategic-merge', signal });
  }

  async #update(signal: AbortSignal): Promise<void> {
    const { client } = this.#options;
    const description = this.#options.describe();
    const found = await client
      .get(nodes, { name: description.name }, { resourceVersion: '0', signal })
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    if (found === undefined) {
      this.#options.logger.warn({ node: description.name }, 'the node was deleted: registering it again');
      await this.#ensure(signal);
      return this.notify();
    }
    // Before it is shown as ready: what it is to keep off must not come first.
    const current = await this.#taint(found, description, signal);
    const now = new Date().toISOString();
    const isHeartbeatDue = performance.now() - this.#heartbeatAt >= heartbeatIntervalMs;
    const before = current.status?.conditions ?? [];
    const conditions = nodeConditions(this.#options.health(), before, now).map((condition) => {
      const previous = before.find(({ type }) => type === condition.type);
      const isQuiet =
        previous !== undefined &&
        previous.status === condition.status &&
        previous.reason === condition.reason &&
        previous.message === condition.message;
      return isQuiet && !isHeartbeatDue ? previous : condition;
    });
    const wanted = nodeObject(
      { ...description, capacity: keepEqualQuantities(current.status?.capacity, description.capacity) },
      conditions,
    );
    const patch = nodeStatusPatch(current, withOthers(current, wanted, Object.keys(description.labels)));
    this.#adopt(current);
    if (patch === undefined) return;
    this.#adopt(
      await client.patch(nodes, { name: description.name, subresource: 'status' }, patch, {
        kind: 'strategic-merge',
        signal,
      }),
    );
    if (isHeartbeatDue) this.#heartbeatAt = performance.now();
  }

  /** The pool's taints, where the account may set them. @returns the node as it is then */
  async #taint(current: Node, { name, poolTaints }: NodeDescription, signal: AbortSignal): Promise<Node> {
    const patch = poolTaintsPatch(current, poolTaints);
    if (patch === undefined) return current;
    const { client, logger } = this.#options;
    try {
      return await client.patch(nodes, { name }, patch, { kind: 'merge', signal });
    } catch (error) {
      // Somebody else was first: next time.
      if (isConflict(error)) return current;
      if (!isForbidden(error)) throw error;
      const told = JSON.stringify(poolTaints);
      if (this.#refusedTaints !== told) {
        logger.warn(
          { node: name, taints: poolTaints, err: error },
          'the account may not patch nodes: taints are not set',
        );
      }
      this.#refusedTaints = told;
      return current;
    }
  }

  #adopt(node: Node): void {
    if (this.#server?.metadata?.uid !== node.metadata?.uid) this.#options.onRegistered(node);
    this.#server = node;
  }
}

function warnOfTaints(existing: Node, description: NodeDescription, logger: Logger): void {
  const keys = new Set(
    (existing.spec?.taints ?? []).map((taint) => `${taint.key}=${taint.value ?? ''}:${taint.effect}`),
  );
  const missing = description.taints.filter((taint) => !keys.has(`${taint.key}=${taint.value ?? ''}:${taint.effect}`));
  if (missing.length > 0) {
    logger.warn(
      { node: description.name, taints: missing },
      'the node exists without these taints: delete the node, or taint it by kubectl, to have them',
    );
  }
}
