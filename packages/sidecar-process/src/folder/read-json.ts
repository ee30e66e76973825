import { readFile } from 'node:fs/promises';
import { InterLinkError } from '@interlink/sidecar-sdk';

/**
 * The content of a JSON file that this package wrote itself, or undefined when there is none.
 * @throws InterLinkError that names the file when it can't be read; `data_loss` for what is no JSON
 */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
    throw new InterLinkError('data_loss', `Cannot read ${path}: ${error.message}`, { cause: error });
  }
}
