import {
  backendRequestsHeader,
  type Capabilities,
  type HttpTarget,
  InterLinkError,
  type Owner,
  PodClient,
  parseCapabilities,
  readJson,
  smallBody,
  toPingResponse,
} from '@interlink/protocol';
import { type Limits, type Logger, sleep, type Tracer } from '@interlink/service-kit';
import { detectProtocol } from './detect-protocol.ts';
import type { OwnerPods } from './owner-pods.ts';
import { podsBehindV1, podsBehindV2 } from './pods-behind.ts';
import { onlyPool } from './routing/capabilities-of.ts';
import type { SidecarRoute } from './routing/sidecar-route.ts';
import { adaptV1, type V1Adapter } from './v1-adapter.ts';
import { V1Backend, type V1BackendOptions } from './v1-backend.ts';
import { V1Client } from './v1-client.ts';

/** A sidecar that answers is looked at this often, one that does not sooner. */
const lookIntervalMs = 5_000;
const retryIntervalMs = 2_000;
const lookTimeoutMs = 10_000;

/** What the sidecar turned out to speak. */
export type SidecarGeneration = { readonly protocol: 'v2' } | { readonly protocol: 'v1'; readonly adapter: V1Adapter };

export interface SidecarLinkOptions {
  readonly route: SidecarRoute;
  readonly target: HttpTarget;
  readonly v1: Pick<V1BackendOptions, 'exportsPodData' | 'scripts'>;
  /** What is read here for a v1 plugin is held to these; of a v2 sidecar's nothing is read. */
  readonly limits: Limits;
  readonly logger: Logger;
  /** The process's: what a v1 plugin needs around it ends with it. */
  readonly signal: AbortSignal;
  readonly tracer?: Tracer | undefined;
}

/**
 * The way to one sidecar. Which generation it speaks is found out at the first request that reaches it and kept from then on:
 * a peer once seen to speak v2 is never downgraded.
 */
export class SidecarLink {
  readonly route: SidecarRoute;
  readonly target: HttpTarget;
  readonly #options: SidecarLinkOptions;
  #generation: Promise<SidecarGeneration> | undefined;
  #adapter: V1Adapter | undefined;
  #verbs: Capabilities['verbs'] = [];
  #backendRequests: number | undefined;
  #trouble: string | undefined = 'not asked yet';

  constructor(options: SidecarLinkOptions) {
    this.route = options.route;
    this.target = options.target;
    this.#options = options;
  }

  /** Undefined while the sidecar answers, else what is wrong. A few seconds old at most. */
  get trouble(): string | undefined {
    return this.#trouble ?? this.#adapter?.service.trouble;
  }

  /** How old the answers are that are given for a v1 plugin without asking it; undefined for a v2 sidecar, and before the first. */
  get cacheAgeSeconds(): number | undefined {
    return this.#adapter?.service.listAgeSeconds;
  }

  /** How many requests the sidecar has made of its backend since it began, when it was last asked; undefined for one that does not tell. */
  get backendRequests(): number | undefined {
    return this.#backendRequests;
  }

  /** @throws InterLinkError while the sidecar can't be reached */
  async generation(): Promise<SidecarGeneration> {
    const asked = this.#generation ?? this.#detect();
    this.#generation = asked;
    try {
      return await asked;
    } catch (error) {
      // Others may wait for the same answer, and one of them may have asked again already.
      if (this.#generation === asked) this.#generation = undefined;
      this.#note(InterLinkError.from(error).message);
      throw error;
    }
  }

  /** Keeps looking whether the sidecar answers, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let isFirst = true;
    while (!signal.aborted) {
      try {
        const { protocol } = await this.generation();
        // A v1 plugin is polled anyway.
        if (protocol === 'v2' && !isFirst) await this.capabilities();
        this.#note(undefined);
        isFirst = false;
      } catch (error) {
        this.#note(InterLinkError.from(error).message);
      }
      await sleep(this.trouble === undefined ? lookIntervalMs : retryIntervalMs, signal);
    }
  }

  /** All that the sidecar can do, asked now; of a v1 plugin, what its last ping said. @throws InterLinkError when it does not answer */
  readonly capabilities = async (): Promise<Capabilities> => {
    const generation = await this.generation();
    if (generation.protocol === 'v1') return await generation.adapter.service.capabilities();
    const path = '/v2/capabilities';
    const { headers, body } = await this.target.call({ method: 'GET', path, headersTimeoutMs: lookTimeoutMs });
    this.#backendRequests = readCount(headers[backendRequestsHeader]);
    const told = parseCapabilities(await readJson(body, smallBody));
    this.#verbs = told.verbs;
    return told;
  };

  /** Whether the sidecar announced this when it was last asked; a v1 plugin announces nothing. */
  announces(verb: Capabilities['verbs'][number]): boolean {
    return this.#verbs.includes(verb);
  }

  /** Asks the sidecar now. @returns what a v1 plugin says to a ping, or would say @throws InterLinkError when it does not answer */
  async ping(): Promise<string> {
    const generation = await this.generation();
    if (generation.protocol === 'v1') return await new V1Client(this.target).ping();
    return JSON.stringify(toPingResponse(onlyPool(await this.capabilities(), this.route.pool)));
  }

  async podsOf(owner: Owner): Promise<OwnerPods> {
    const generation = await this.generation();
    return generation.protocol === 'v2'
      ? podsBehindV2(new PodClient(this.target, owner))
      : podsBehindV1(generation.adapter, owner);
  }

  /** A change is told once. */
  #note(trouble: string | undefined): void {
    if (trouble === this.#trouble) return;
    const { logger, route } = this.#options;
    if (trouble === undefined) logger.info({ sidecar: route.name }, 'the sidecar answers');
    else logger.warn({ sidecar: route.name, address: this.target.url, trouble }, 'the sidecar does not answer');
    this.#trouble = trouble;
  }

  async #detect(): Promise<SidecarGeneration> {
    const protocol = await detectProtocol(this.target);
    const { logger, route } = this.#options;
    logger.info({ sidecar: route.name, address: this.target.url, protocol }, 'the sidecar’s protocol is known');
    this.#note(undefined);
    if (protocol === 'v2') return { protocol };
    this.#adapter = await this.#adapt();
    return { protocol, adapter: this.#adapter };
  }

  async #adapt(): Promise<V1Adapter> {
    const { route, target, limits, signal, tracer, v1 } = this.#options;
    const logger = this.#options.logger.child({ sidecar: route.name });
    const client = new V1Client(target, { createPayload: route.v1.createPayload });
    const backend = new V1Backend({ ...v1, ...route.v1, pool: route.pool, client, logger });
    return await adaptV1(backend, { limits, logger, signal, tracer });
  }
}

function readCount(text: string | string[] | undefined): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
