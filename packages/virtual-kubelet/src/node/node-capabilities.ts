import { type Capabilities, InterLinkError, type Pool } from '@interlink/protocol';
import { type Logger, noToken } from '@interlink/service-kit';
import type { NodePolicy } from '../config/node-policy.ts';
import type { NodeSettings } from '../config/provider-file.ts';
import type { Provider } from '../provider.ts';
import { checkCapabilities } from '../trust/check-capabilities.ts';
import { poolOf } from './pool-of.ts';

export interface NodeCapabilitiesOptions {
  readonly provider: Pick<Provider, 'capabilities'>;
  readonly name: string;
  readonly pool: string | undefined;
  readonly policy: Pick<NodePolicy, 'limits'>;
  readonly settings: Pick<NodeSettings, 'capacity'>;
  readonly logger: Logger;
}

/** Without a provider file and with a sidecar that can't be asked yet, a node still needs numbers. */
const unknownCapacity = { cpu: '0', memory: '0', pods: '0', 'ephemeral-storage': '0' };

/** What the backend says that it can do, as much of it as a node may have, and what the node has by that. */
export class NodeCapabilities {
  readonly #options: NodeCapabilitiesOptions;
  #current: Capabilities | undefined;
  #tokenMissing: string | undefined;
  /** Of the node as an earlier run left it. */
  #capacityBefore: Readonly<Record<string, string>> = {};
  #toldProblem = '';

  constructor(options: NodeCapabilitiesOptions) {
    this.#options = options;
  }

  /** Undefined until the backend has said it. */
  get current(): Capabilities | undefined {
    return this.#current;
  }

  /** How to get a token, while there is none: said from the registration on, which comes before the first look at pods. */
  get tokenMissing(): string | undefined {
    return this.#tokenMissing;
  }

  /** What of the backend the node stands for; undefined: not known yet, or the backend has no such pool. */
  get pool(): Pool | undefined {
    return this.#current && poolOf(this.#current, this.#options);
  }

  /** What the node has: the provider file's word, then the sidecar's; until that can be asked, what the node had. */
  get capacity(): Record<string, string> {
    const announced = this.#current === undefined ? this.#capacityBefore : this.pool?.capacity;
    return { ...unknownCapacity, ...announced, ...this.#options.settings.capacity };
  }

  /** The node had this before. */
  noteBefore(capacity: Readonly<Record<string, string>>): void {
    this.#capacityBefore = capacity;
  }

  /** @returns false when the backend does not answer: told in the log; what was known before stays */
  async ask(signal: AbortSignal): Promise<boolean> {
    try {
      this.take(await this.#options.provider.capabilities(signal));
      this.#tokenMissing = undefined;
      return true;
    } catch (error) {
      const { reason, message } = InterLinkError.from(error);
      this.#tokenMissing = reason === noToken ? message : undefined;
      this.#options.logger.warn({ err: error }, 'the backend’s capabilities are not known yet');
      return false;
    }
  }

  /** As much of it as the Kubernetes API takes, and the administrator. */
  take(told: Capabilities): void {
    const { policy, name, pool, logger } = this.#options;
    const { capabilities, problems } = checkCapabilities(told, policy.limits);
    const problem = problems.slice(0, 16).join(', ');
    if (problem !== '' && problem !== this.#toldProblem)
      logger.warn({ leftOut: problem }, 'the backend announces what is not taken from it');
    this.#toldProblem = problem;
    this.#current = capabilities;
    if (poolOf(capabilities, { name, pool }) !== undefined) return;
    const pools = capabilities.pools.map((known) => known.name);
    logger.warn({ pool, pools }, 'the backend has no such pool: the node has no capacity of it');
  }
}
