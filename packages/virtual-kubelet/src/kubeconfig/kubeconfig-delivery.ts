import { Backoff, type EventRecorder, type KubeClient, serviceAccountTokens } from '@interlink/kube';
import { type Capabilities, type DeliveredKubeconfig, InterLinkError } from '@interlink/protocol';
import { type Logger, sleep } from '@interlink/service-kit';
import { nodeReference } from '../node/node-reference.ts';
import type { Provider } from '../provider.ts';
import { tokenLifetimeMs } from '../resolve/object-reader.ts';
import { cleanLine, maxEventBytes } from '../trust/clean-text.ts';
import type { KubeconfigPlan } from './kubeconfig-plan.ts';
import { renderKubeconfig } from './render-kubeconfig.ts';

export interface KubeconfigDeliveryOptions {
  readonly plan: KubeconfigPlan;
  readonly client: Pick<KubeClient, 'create'>;
  readonly provider: Pick<Provider, 'putKubeconfig' | 'deleteKubeconfig'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn'>;
  /** The node's. */
  readonly name: string;
  /** The backend's, while it is within reach. */
  capabilities(): Capabilities | undefined;
  /** Uniform in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

interface Minted extends DeliveredKubeconfig {
  readonly renewAtMs: number;
}

/** What is asked for; the API server may make it more. */
const lifetimeSeconds = 3_600;
/** As tokens of pods: another when this part of its life is over, a little sooner by chance. */
const renewAtPart = 0.8;
const jitterPart = 0.1;
const retry = { baseMs: 2_000, maxMs: 300_000, jitter: 0.5 };
const forEverMs = 2 ** 31 - 1;

/**
 * Keeps the kubeconfig of a backend that asks for one valid: a token of the configured account, of which each has its own, renewed ahead of
 * its end, and handed over again to a backend that has come within reach. What goes wrong is an event and a line in the log, and is tried again;
 * pods do not wait for it.
 */
export class KubeconfigDelivery {
  readonly #options: KubeconfigDeliveryOptions;
  readonly #backoff: Backoff;
  #minted: Minted | undefined;
  #isDelivered = false;
  #told = '';
  #wake = new AbortController();

  constructor(options: KubeconfigDeliveryOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ ...retry, ...(options.random === undefined ? {} : { random: options.random }) });
  }

  /** The backend has come within reach: maybe as another, which has nothing. */
  deliverAgain(): void {
    this.#isDelivered = false;
    this.#wake.abort();
  }

  /** What the backend can do has changed. */
  notify(): void {
    this.#wake.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const waitMs = await this.#round(signal);
      await sleep(waitMs, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** @returns how long to wait for the next one */
  async #round(signal: AbortSignal): Promise<number> {
    const { capabilities, plan, provider } = this.#options;
    if (capabilities()?.kubeconfig !== true || provider.putKubeconfig === undefined) return forEverMs;
    try {
      if (plan.account === undefined) return await this.#withdraw(signal);
      if (this.#minted === undefined || performance.now() >= this.#minted.renewAtMs) {
        this.#minted = await this.#mint(plan.account, signal);
        this.#isDelivered = false;
      }
      const { renewAtMs, ...delivered } = this.#minted;
      if (!this.#isDelivered) await provider.putKubeconfig(delivered, signal);
      this.#isDelivered = true;
      this.#onSuccess(plan.account, delivered.expiresAt);
      return Math.max(renewAtMs - performance.now(), 0);
    } catch (error) {
      if (!signal.aborted) this.#onFailure(error);
      return this.#backoff.next();
    }
  }

  /** One of an earlier configuration may be there. */
  async #withdraw(signal: AbortSignal): Promise<number> {
    const { provider, logger } = this.#options;
    if (this.#isDelivered) return forEverMs;
    logger.info('the backend asks for a kubeconfig: it gets none, for ServiceAccount is not set');
    await provider.deleteKubeconfig?.(signal);
    this.#isDelivered = true;
    return forEverMs;
  }

  async #mint(account: NonNullable<KubeconfigPlan['account']>, signal: AbortSignal): Promise<Minted> {
    const { client, plan, random = Math.random } = this.#options;
    const { namespace, name } = account;
    const askedAtMs = performance.now();
    const expirationSeconds = lifetimeSeconds;
    const answer = await client
      .create(
        serviceAccountTokens,
        { namespace, name, subresource: 'token' },
        { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [], expirationSeconds } },
        { signal },
      )
      .catch((error: unknown) => {
        const { code, message } = InterLinkError.from(error);
        throw new InterLinkError(code, `no token of service account ${namespace}/${name}: ${message}`);
      });
    const { token = '', expirationTimestamp: expiresAt = '' } = answer.status ?? {};
    const partMs = tokenLifetimeMs(answer) * (renewAtPart - jitterPart * random());
    const parts = { server: plan.server, ca: await plan.ca(), namespace, user: name, token };
    return { kubeconfig: renderKubeconfig(parts), expiresAt, renewAtMs: askedAtMs + partMs };
  }

  #onSuccess(account: { readonly namespace: string; readonly name: string }, expiresAt: string): void {
    const { logger, events, name } = this.#options;
    this.#backoff.reset();
    logger.debug({ serviceAccount: `${account.namespace}/${account.name}`, expiresAt }, 'kubeconfig delivered');
    if (this.#told !== '')
      events.record(nodeReference(name), 'Normal', 'KubeconfigDelivered', 'The backend has its kubeconfig');
    this.#told = '';
  }

  /** Each reason once. */
  #onFailure(error: unknown): void {
    const { logger, events, name } = this.#options;
    const reason = cleanLine(InterLinkError.from(error).message, maxEventBytes / 2);
    if (reason === this.#told) return;
    this.#told = reason;
    logger.warn({ reason }, 'the backend has no new kubeconfig');
    events.record(
      nodeReference(name),
      'Warning',
      'KubeconfigNotDelivered',
      `The backend has no new kubeconfig: ${reason}`,
    );
  }
}
