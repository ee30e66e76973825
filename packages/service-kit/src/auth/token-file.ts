import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { InterLinkError } from '@interlink/protocol';

/** The reason of an error that says that there is no token yet, rather than that one is refused. */
export const noToken = 'no_token';

/** A changed file is noticed after this long at most. */
const recheckMs = 1_000;

/** Where both ends of one account find its token without configuration. */
export function defaultTokenPath(env: NodeJS.ProcessEnv = process.env): string {
  const base =
    env.XDG_CONFIG_HOME !== undefined && env.XDG_CONFIG_HOME !== '' ? env.XDG_CONFIG_HOME : join(homedir(), '.config');
  return join(base, 'interlink', 'token');
}

/** A bearer token in a file, re-read when the file changes. The token itself never leaves this object but by {@link current}. */
export class TokenFile {
  readonly path: string;
  #token: string | undefined;
  #version = '';
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes the file with a new token, mode 0600, unless it is there. Two processes that start at once end up with the same token. */
  async ensure(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const draft = `${this.path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    try {
      await link(draft, this.path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    } finally {
      await unlink(draft);
    }
  }

  /** The token, at most a second old. @throws InterLinkError `unauthenticated` for {@link noToken} when the file can't be read or is empty */
  async current(): Promise<string> {
    const now = performance.now();
    if (this.#token !== undefined && now - this.#checkedAt < recheckMs) return this.#token;
    try {
      const { mtimeMs, ino, size } = await stat(this.path);
      const version = `${ino}-${mtimeMs}-${size}`;
      if (version !== this.#version) {
        this.#token = (await readFile(this.path, 'utf8')).trim();
        this.#version = version;
      }
    } catch (error) {
      throw new InterLinkError(
        'unauthenticated',
        `Cannot read the token file ${this.path}: ${InterLinkError.from(error).message}`,
        { reason: noToken },
      );
    }
    if (this.#token === undefined || this.#token === '') {
      throw new InterLinkError('unauthenticated', `The token file ${this.path} is empty`, { reason: noToken });
    }
    this.#checkedAt = now;
    return this.#token;
  }
}
