import { InterLinkError, type Owner } from '@interlink/protocol';
import type { HealthChecks } from '@interlink/service-kit';
import type { OwnerPods } from '../owner-pods.ts';
import type { SidecarLink } from '../sidecar-link.ts';
import type { SidecarRoute } from './sidecar-route.ts';

/**
 * Which sidecar has an owner's pods: the path alone decides, by names and patterns of the configuration. Each sidecar has a link and a
 * pool of connections of its own, and nothing here waits for one on behalf of another's nodes.
 */
export class RouteTable {
  readonly links: ReadonlyArray<SidecarLink>;

  readonly #routes: ReadonlyArray<SidecarRoute>;
  readonly #links: ReadonlyMap<SidecarRoute | undefined, SidecarLink>;

  constructor(links: ReadonlyArray<SidecarLink>) {
    this.links = links;
    this.#routes = links.map(({ route }) => route);
    this.#links = new Map(links.map((link) => [link.route, link]));
  }

  /** The row that says most of this owner; of equals, the first. @throws InterLinkError `not_found` when none does */
  linkOf(owner: Owner): SidecarLink {
    const best = this.#links.get(bestRoute(this.#routes, owner));
    if (best !== undefined) return best;
    throw new InterLinkError(
      'not_found',
      `No sidecar is there for the node ${owner.node} of the cluster ${owner.cluster}: no row of Sidecars, in InterLink's configuration, names it`,
      { reason: 'NoRoute' },
    );
  }

  /** The one pool of its sidecar that a node stands for; undefined: all of them, or no sidecar. */
  poolOf(owner: Owner): string | undefined {
    return bestRoute(this.#routes, owner)?.pool;
  }

  /** @throws InterLinkError as {@link linkOf}, and while that sidecar can't be reached */
  async podsOf(owner: Owner): Promise<OwnerPods> {
    return await this.linkOf(owner).podsOf(owner);
  }

  /**
   * Whether the way to sidecars is open, for v1, which names no node. @returns what the only one says to a ping, as v1 has it; of
   * several, of which one that answers will do, nothing but that @throws InterLinkError when none answers
   */
  async ping(): Promise<string> {
    const [only, ...others] = this.links;
    if (only !== undefined && others.length === 0) return await only.ping();
    if (this.links.some(({ trouble }) => trouble === undefined)) return JSON.stringify({ status: 'ok' });
    throw new InterLinkError('unavailable', 'None of the sidecars answers');
  }

  /** A sidecar that is down keeps InterLink from being ready only when all are: others' nodes go on. */
  get readiness(): HealthChecks {
    const isAllDown = () => this.links.every(({ trouble }) => trouble !== undefined);
    const checkOf = (link: SidecarLink) => () => {
      const { trouble } = link;
      return trouble === undefined || isAllDown() ? trouble : { note: trouble };
    };
    return Object.fromEntries(this.links.map((link) => [link.route.name, checkOf(link)]));
  }

  /** Keeps looking whether the sidecars answer, each by itself, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.links.map(async (link) => await link.run(signal)));
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map(async ({ target }) => await target.close()));
  }
}

/** The row that says most of this owner; of equals, the first. Undefined: none does. */
export function bestRoute(routes: ReadonlyArray<SidecarRoute>, owner: Owner): SidecarRoute | undefined {
  let best: SidecarRoute | undefined;
  let bestRank = -1;
  for (const route of routes) {
    for (const pattern of route.nodes) {
      if (pattern.rank <= bestRank || !pattern.matches(owner)) continue;
      best = route;
      bestRank = pattern.rank;
    }
  }
  return best;
}
