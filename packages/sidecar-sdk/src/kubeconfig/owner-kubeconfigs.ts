import { type DeliveredKubeconfig, InterLinkError, type Owner, ownerKey } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { Backend } from '../backend.ts';
import { cannot } from '../pods/cannot.ts';
import { Serial } from '../pods/serial.ts';
import { type KeptKubeconfig, KubeconfigFiles } from './kubeconfig-files.ts';

export interface OwnerKubeconfigsOptions {
  readonly backend: Backend;
  readonly logger: Logger;
  /** Undefined: none is kept. */
  readonly folder: string | undefined;
}

/** Timers can't be set further ahead. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * What owners hand over for the backend to act by in their cluster: kept while it is valid, and gone with its owner: when the owner takes it
 * back, or is not there to renew it.
 */
export class OwnerKubeconfigs {
  readonly #options: OwnerKubeconfigsOptions;
  readonly #files: KubeconfigFiles | undefined;
  readonly #serial = new Serial();
  readonly #held = new Map<string, { readonly kept: KeptKubeconfig; readonly timer: NodeJS.Timeout }>();

  constructor(options: OwnerKubeconfigsOptions) {
    this.#options = options;
    this.#files = options.folder === undefined ? undefined : new KubeconfigFiles(options.folder);
  }

  /** Tells the backend of those that an earlier process left, and lets go of what has expired, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#options.backend.kubeconfig === undefined) return;
    const stopTimers = () => {
      for (const { timer } of this.#held.values()) clearTimeout(timer);
    };
    signal.addEventListener('abort', stopTimers, { once: true });
    try {
      for (const kept of (await this.#files?.list()) ?? []) {
        if (!signal.aborted) await this.#inTurn(kept.owner, async () => await this.#take(kept));
      }
    } catch (err) {
      this.#options.logger.warn({ err }, 'cannot read the kubeconfigs that are there');
    }
  }

  /** @throws InterLinkError `unimplemented` when the backend wants none, `invalid_argument` for one that has expired */
  async put(owner: Owner, delivered: DeliveredKubeconfig): Promise<void> {
    const files = await this.#wanted();
    if (!(Date.parse(delivered.expiresAt) > Date.now())) {
      throw new InterLinkError(
        'invalid_argument',
        `The kubeconfig has expired: its expiresAt is ${delivered.expiresAt}`,
      );
    }
    await this.#inTurn(owner, async () => await this.#take(await files.write(owner, delivered)));
    this.#options.logger.info(
      { node: owner.node, cluster: owner.cluster, expiresAt: delivered.expiresAt },
      'kubeconfig taken',
    );
  }

  /** @throws InterLinkError `unimplemented` when the backend wants none */
  async delete(owner: Owner): Promise<void> {
    await this.#wanted();
    await this.#inTurn(owner, async () => await this.#drop(owner));
  }

  async #wanted(): Promise<KubeconfigFiles> {
    const { backend } = this.#options;
    if (backend.kubeconfig !== undefined && this.#files !== undefined) return this.#files;
    throw await cannot(backend, 'use a kubeconfig');
  }

  async #take(kept: KeptKubeconfig): Promise<void> {
    const { owner, path, expiresAtMs } = kept;
    const leftMs = expiresAtMs - Date.now();
    if (leftMs <= 0) return await this.#drop(owner);
    this.#forget(owner);
    await this.#options.backend.kubeconfig?.(owner, path);
    const timer = setTimeout(() => void this.#lookAgain(kept), Math.min(leftMs, longestTimerMs)).unref();
    this.#held.set(ownerKey(owner), { kept, timer });
  }

  /** Unless another has come meanwhile. */
  async #lookAgain(kept: KeptKubeconfig): Promise<void> {
    const { owner } = kept;
    try {
      await this.#inTurn(owner, async () => {
        if (this.#held.get(ownerKey(owner))?.kept === kept) await this.#take(kept);
      });
    } catch (err) {
      this.#options.logger.warn({ err, node: owner.node }, 'cannot remove a kubeconfig that has expired');
    }
  }

  async #drop(owner: Owner): Promise<void> {
    this.#forget(owner);
    await this.#files?.remove(owner);
    await this.#options.backend.kubeconfig?.(owner, undefined);
    this.#options.logger.info({ node: owner.node, cluster: owner.cluster }, 'kubeconfig removed');
  }

  #forget(owner: Owner): void {
    clearTimeout(this.#held.get(ownerKey(owner))?.timer);
    this.#held.delete(ownerKey(owner));
  }

  async #inTurn(owner: Owner, work: () => Promise<void>): Promise<void> {
    await this.#serial.run(ownerKey(owner), work);
  }
}
