import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** For parsers that read files themselves: writes the input into one file of this name, which is gone when the process is. */
export function asFile(name: string, input: Buffer): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'interlink-fuzz-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  const path = join(folder, name);
  writeFileSync(path, input);
  return path;
}
