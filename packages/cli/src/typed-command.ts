import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { isSea } from 'node:sea';
import { quoteWord } from '@interlink/sidecar-sdk';

/** How this process was called. */
export interface Calling {
  /** Node, or the single-file executable. */
  readonly execPath: string;
  readonly execArgv: ReadonlyArray<string>;
  /** The script that Node runs, as it was called: a link's own path; undefined: there is none, the executable is the program. */
  readonly script: string | undefined;
  /** `PATH`. */
  readonly path: string;
  isThere(file: string): boolean;
}

/** What is typed in a shell, in any folder, to call the program by one of its names as it was called now. */
export function typedCommand(name: string, calling: Calling = thisCalling()): string {
  const { execPath, execArgv, script, path } = calling;
  const program = script ?? execPath;
  // npx has its own folder on the PATH of this process alone.
  const isOnPath = (folder: string) => path.split(delimiter).includes(folder) && !folder.endsWith('node_modules/.bin');
  const onPath = (file: string) => (isOnPath(dirname(file)) ? basename(file) : file);
  const isByFirstArgument = script !== undefined && basename(script) === 'interlink-cli';
  if (isByFirstArgument) return render([onPath(program), name]);
  if (script !== undefined && /^main\.[jt]s$/.test(basename(script)))
    return render([execPath, ...execArgv, script, name]);
  // Its names are files beside each other. One that was not copied along is wherever it is.
  const file = join(dirname(program), name);
  return calling.isThere(file) ? render([onPath(file)]) : name;
}

function thisCalling(): Calling {
  const { execPath, execArgv, argv, env } = process;
  return { execPath, execArgv, script: isSea() ? undefined : argv[1], path: env.PATH ?? '', isThere: existsSync };
}

function render(words: ReadonlyArray<string>): string {
  return words.map((word) => (/^[\w./=-]+$/.test(word) ? word : quoteWord(word))).join(' ');
}
