import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InterLinkError } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { CertificateRequest } from './certificate-request.ts';
import type { KeyPair } from './self-signed-certificate.ts';

/** The kubelet's own name for it: certificate, its chain, and private key in one file. */
const currentFile = 'kubelet-server-current.pem';
const requestFile = 'kubelet-server-request.pem';

/**
 * Keeps the certificate that was issued, and the request that waits for one, in a folder of the account's own: a restart need not
 * ask again, which on most clusters would need a person again. Without a folder, or with one that can't be written, nothing is kept.
 */
export class CertificateStore {
  readonly #directory: string | undefined;
  readonly #logger: Logger;

  constructor(directory: string | undefined, logger: Logger) {
    this.#directory = directory;
    this.#logger = logger;
  }

  async readPair(): Promise<KeyPair | undefined> {
    const { text, key } = await this.#read(currentFile, 'CERTIFICATE');
    return text === undefined || key === undefined ? undefined : { cert: text, key };
  }

  async writePair({ cert, key }: KeyPair): Promise<void> {
    await this.#write(currentFile, `${cert.trimEnd()}\n${key}`);
  }

  async readRequest(): Promise<CertificateRequest | undefined> {
    const { text, key } = await this.#read(requestFile, 'CERTIFICATE REQUEST');
    return text === undefined || key === undefined ? undefined : { request: text, key };
  }

  /** @param request undefined: none waits any more */
  async writeRequest(request: CertificateRequest | undefined): Promise<void> {
    if (request !== undefined) return await this.#write(requestFile, `${request.request}${request.key}`);
    if (this.#directory === undefined) return;
    const file = join(this.#directory, requestFile);
    await rm(file, { force: true }).catch((error: unknown) => this.#warn(file, error));
  }

  async #read(name: string, label: string): Promise<{ text?: string | undefined; key?: string | undefined }> {
    if (this.#directory === undefined) return {};
    const file = join(this.#directory, name);
    try {
      const pem = await readFile(file, 'utf8');
      return { text: blocksOf(pem, label), key: blocksOf(pem, 'PRIVATE KEY') };
    } catch (error) {
      if (!isMissing(error)) this.#warn(file, error);
      return {};
    }
  }

  /** Whole or not at all: what is there before stays until the new file is complete. */
  async #write(name: string, pem: string): Promise<void> {
    if (this.#directory === undefined) return;
    const file = join(this.#directory, name);
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      const draft = `${file}.${process.pid}`;
      await rm(draft, { force: true });
      await writeFile(draft, pem, { mode: 0o600, flag: 'wx' });
      await rename(draft, file);
    } catch (error) {
      this.#warn(file, error);
    }
  }

  #warn(file: string, error: unknown): void {
    const reason = InterLinkError.from(error).message;
    this.#logger.warn(
      { file, reason },
      'cannot keep the serving certificate in a file: a restart has to ask for another one',
    );
  }
}

/** All PEM blocks of that kind. */
function blocksOf(pem: string, label: string): string | undefined {
  const blocks = pem.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\n?`, 'g'));
  return blocks === null ? undefined : blocks.map((block) => `${block.trimEnd()}\n`).join('');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
