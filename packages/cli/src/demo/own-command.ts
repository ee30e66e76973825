import { basename } from 'node:path';
import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

// Beside this file's folder, as source and as it is built.
const main = fileURLToPath(new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));

/** How `process.execPath` is called to be this very program under one of its names; the single-file executable goes by the one that it is called. */
export function ownCommand(name: string, ...args: ReadonlyArray<string>): { argv0: string; args: string[] } {
  return { argv0: name, args: isSea() ? [...args] : [...process.execArgv, main, name, ...args] };
}

/** What is typed, in any folder, to call `interlink` as this process was called. */
export function typedCommand(): ReadonlyArray<string> {
  if (isSea()) return [process.execPath];
  const [node = '', program = ''] = process.argv;
  return basename(program) === 'interlink' ? [program] : [node, ...process.execArgv, main, 'interlink'];
}
