import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textAssets } from './assets.ts';
import type { Bundle } from './bundle.ts';

export interface ExecutableOptions {
  readonly root: string;
  readonly bundle: Bundle;
  /** The Node that becomes the executable. */
  readonly node: string;
  /** Whether that Node is the one that runs here: only then it can say what it makes of the code. */
  readonly isOwnNode: boolean;
  /** The content of the asset `cli/package.json`. */
  readonly build: object;
  /** For what is made on the way. */
  readonly directory: string;
}

/**
 * Puts the program into a copy of Node (https://nodejs.org/api/single-executable-applications.html).
 * @returns the file, in `directory`
 */
export function makeExecutable({ root, bundle, node, isOwnNode, build, directory }: ExecutableOptions): string {
  const [chunkFolder, cacheFolder] = [join(directory, 'chunk'), join(directory, 'cache')];
  mkdirSync(chunkFolder);
  for (const [name, code] of bundle.chunks) writeFileSync(join(chunkFolder, name), code);
  if (isOwnNode) runNode(join(import.meta.dirname, 'code-caches.ts'), chunkFolder, cacheFolder);

  const main = join(directory, 'start.js');
  const buildFile = join(directory, 'build.json');
  const output = join(directory, 'executable');
  writeFileSync(main, bundle.start);
  writeFileSync(buildFile, JSON.stringify(build));
  const names = [...bundle.chunks.keys()];
  const assets = {
    'cli/package.json': buildFile,
    ...textAssets(root),
    ...Object.fromEntries(names.map((name) => [`chunk/${name}`, join(chunkFolder, name)])),
    ...(isOwnNode ? Object.fromEntries(names.map((name) => [`cache/${name}`, join(cacheFolder, name)])) : {}),
  };
  const config = join(directory, 'sea-config.json');
  const settings = { main, output, executable: node, disableExperimentalSEAWarning: true, useCodeCache: isOwnNode };
  writeFileSync(config, JSON.stringify({ ...settings, assets }));
  runNode(`--build-sea=${config}`);
  return output;
}

/** @throws Error with what it said on stderr */
function runNode(...args: string[]): void {
  execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}
