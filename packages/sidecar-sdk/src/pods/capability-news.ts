import { isDeepStrictEqual } from 'node:util';
import type { Capabilities, ReportLog } from '@interlink/protocol';
import { type Logger, sleep } from '@interlink/service-kit';
import type { Backend } from '../backend.ts';

/** Nodes come and go at a backend, devices too; nobody waits for it by the second. */
const intervalMs = 30_000;

export interface CapabilityNewsOptions {
  readonly backend: Pick<Backend, 'capabilities'>;
  /** Those who read now. */
  logs(): Iterable<ReportLog>;
  readonly logger: Logger;
}

/** Looks now and then what the backend can do, and tells all readers when that is not what it was. */
export class CapabilityNews {
  readonly #options: CapabilityNewsOptions;
  #last: Capabilities | undefined;

  constructor(options: CapabilityNewsOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await sleep(intervalMs, signal);
    }
  }

  /** A backend that can't say is asked again; that it can't be reached is told by its lists. */
  async #look(): Promise<void> {
    const { backend, logs, logger } = this.#options;
    const capabilities = await backend.capabilities().catch((err: unknown) => {
      logger.debug({ err }, 'the backend does not say what it can do');
      return undefined;
    });
    if (capabilities === undefined || isDeepStrictEqual(capabilities, this.#last)) return;
    const isFirst = this.#last === undefined;
    this.#last = capabilities;
    if (isFirst) return;
    logger.info('the backend’s capabilities have changed');
    for (const log of logs()) log.capabilities(capabilities);
  }
}
