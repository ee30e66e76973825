import { InterLinkError } from '@interlink/protocol';
import type { Logger } from '../process/logger.ts';
import { Trouble } from '../process/trouble.ts';
import { readTlsFiles, type TlsFileNames, type TlsMaterial } from './read-tls-files.ts';

/** A change in the files is noticed after this long at most. */
const recheckMs = 1_000;

/**
 * The files of one end of TLS, read again when they change. What can't be used, a pair that is half written above all, leaves the
 * one before in use, and is warned about once.
 */
export class TlsFiles {
  readonly names: TlsFileNames;
  readonly #logger: Logger;
  readonly #reload: Trouble;
  readonly #lifetime: Trouble;
  #latest: TlsMaterial;
  #reading: Promise<void> | undefined;
  #checkedAtMs = performance.now();

  private constructor(names: TlsFileNames, material: TlsMaterial, logger: Logger) {
    this.names = names;
    this.#latest = material;
    this.#logger = logger;
    this.#reload = new Trouble(logger);
    this.#lifetime = new Trouble(logger);
    this.#warnOfLifetime();
  }

  /** @throws InterLinkError `invalid_argument` when a file can't be used, naming it; a certificate past its time is warned about */
  static async load(names: TlsFileNames, logger: Logger): Promise<TlsFiles> {
    return new TlsFiles(names, await readTlsFiles(names), logger);
  }

  /** What was read last: the same object as long as nothing changed. */
  get latest(): TlsMaterial {
    return this.#latest;
  }

  /** As {@link latest}, at most a second old. Never throws. */
  async current(): Promise<TlsMaterial> {
    if (performance.now() - this.#checkedAtMs >= recheckMs) {
      this.#reading ??= this.#read();
      await this.#reading;
    }
    return this.#latest;
  }

  async #read(): Promise<void> {
    try {
      const read = await readTlsFiles(this.names);
      if (!isSame(read, this.#latest)) {
        this.#latest = read;
        this.#logger.info(this.names, 'TLS files reloaded');
      }
      this.#reload.end('TLS files can be used again');
    } catch (error) {
      const reason = InterLinkError.from(error).message;
      this.#reload.begin('cannot reload the TLS files: those before stay in use', { reason });
    }
    this.#warnOfLifetime();
    this.#checkedAtMs = performance.now();
    this.#reading = undefined;
  }

  #warnOfLifetime(): void {
    const { validFromMs = Number.NEGATIVE_INFINITY, validToMs = Number.POSITIVE_INFINITY } = this.#latest;
    const { certFile } = this.names;
    const nowMs = Date.now();
    if (nowMs > validToMs) {
      const validTo = new Date(validToMs).toISOString();
      this.#lifetime.begin('the TLS certificate has expired: peers refuse it', { certFile, validTo });
    } else if (nowMs < validFromMs) {
      const validFrom = new Date(validFromMs).toISOString();
      this.#lifetime.begin('the TLS certificate is not valid yet: peers refuse it', { certFile, validFrom });
    } else this.#lifetime.end('the TLS certificate is valid');
  }
}

function isSame(one: TlsMaterial, other: TlsMaterial): boolean {
  return one.cert === other.cert && one.key === other.key && one.ca === other.ca;
}
