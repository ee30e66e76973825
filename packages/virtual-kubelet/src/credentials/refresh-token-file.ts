import { randomBytes } from 'node:crypto';
import { access, constants, type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InterLinkError } from '@interlink/protocol';
import { whileExclusive } from './exclusive-file.ts';
import type { Grant } from './issuer.ts';

/**
 * The refresh token of a session, which most issuers replace with each use: a token is spent once only, and the next one is in the file
 * before it is used. Until then the file holds the one that was spent, so that a process that is killed in between goes on by it, if the
 * issuer still takes it.
 */
export class RefreshTokenFile {
  readonly path: string;
  /** What could not be written yet. */
  #unsaved: { readonly spent: string; readonly grant: Grant } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws InterLinkError when it can't be read, or its successor not be written */
  async check(): Promise<void> {
    await this.#read();
    const folder = dirname(this.path);
    await access(folder, constants.W_OK).catch((error: unknown) => {
      const { message } = InterLinkError.from(error);
      const wanted = 'a folder that can be written is wanted, for the issuer may replace the token';
      throw new InterLinkError('failed_precondition', `Cannot write to ${folder}: ${message}: ${wanted}`);
    });
  }

  /** Has `use` exchange the token for a grant, and keeps what comes with that; one process at a time. */
  async exchange(use: (refreshToken: string) => Promise<Grant>): Promise<Grant> {
    return await whileExclusive(`${this.path}.lock`, async () => {
      const token = await this.#read();
      const grant = this.#unsaved?.spent === token ? this.#unsaved.grant : await use(token);
      const next = grant.refreshToken ?? token;
      if (next !== token) {
        this.#unsaved = { spent: token, grant };
        await this.#write(next);
      }
      this.#unsaved = undefined;
      return grant;
    });
  }

  async #read(): Promise<string> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      throw this.#cannot('read', error);
    });
    const token = text.trim();
    if (token === '') throw new InterLinkError('unauthenticated', `The refresh token file ${this.path} is empty`);
    return token;
  }

  /** On the disk, whole or not at all. */
  async #write(token: string): Promise<void> {
    const draft = `${this.path}.${randomBytes(4).toString('hex')}.new`;
    try {
      await synced(await open(draft, 'wx', 0o600), async (file) => await file.writeFile(`${token}\n`));
      await rename(draft, this.path);
      await synced(await open(dirname(this.path)));
    } catch (error) {
      await rm(draft, { force: true });
      throw this.#cannot('write', error);
    }
  }

  #cannot(what: 'read' | 'write', error: unknown): InterLinkError {
    const { code, message } = InterLinkError.from(error);
    return new InterLinkError(code, `Cannot ${what} the refresh token file ${this.path}: ${message}`);
  }
}

async function synced(file: FileHandle, write?: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await write?.(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
