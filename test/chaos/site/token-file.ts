import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A token that one shows (`shown`) and another takes (`taken`), each from a file of its own. */
export class TokenFiles {
  readonly shown: string;
  readonly taken: string;

  private constructor(directory: string, name: string) {
    this.shown = join(directory, `${name}-shown`);
    this.taken = join(directory, `${name}-taken`);
  }

  static async make(directory: string, name: string): Promise<TokenFiles> {
    const files = new TokenFiles(directory, name);
    await (await files.expire())();
    return files;
  }

  /** The token that is shown is not taken any more. @returns what renews it */
  async expire(): Promise<() => Promise<void>> {
    const token = randomBytes(32).toString('base64url');
    await replace(this.taken, token);
    return async () => await replace(this.shown, token);
  }
}

async function replace(path: string, token: string): Promise<void> {
  await writeFile(`${path}.new`, `${token}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
