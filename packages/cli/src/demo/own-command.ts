import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

// Beside this file's folder, as source and as it is built.
const main = fileURLToPath(new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));

/** How `process.execPath` is called to be this very program under one of its names; the single-file executable goes by the one that it is called. */
export function ownCommand(name: string, ...args: ReadonlyArray<string>): { argv0: string; args: string[] } {
  return { argv0: name, args: isSea() ? [...args] : [...process.execArgv, main, name, ...args] };
}
