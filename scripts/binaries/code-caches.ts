import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChunkLoader } from '../../packages/cli/src/single-file/chunk-loader.ts';

// `node code-caches.ts CHUNKS CACHES`: writes what V8 makes of each chunk. Run by the Node that the executable is made of, since
// another V8 refuses it. Chunks are loaded first, so that what runs at every start is in there compiled.
const [chunkFolder = '', cacheFolder = ''] = process.argv.slice(2);
const loader = new ChunkLoader({
  code: (name) => readFileSync(join(chunkFolder, name), 'utf8'),
  cache: () => undefined,
});

/** Programs begin their work when they are loaded; these two would, without what they are to work on. */
const compiledOnly = ['port-relay.js', 'process-runner.js'];

mkdirSync(cacheFolder);
// The third, which others share code with, is asked for its usage, and gets to that when all this is done.
process.argv.splice(2, Number.POSITIVE_INFINITY, '--help');
for (const name of readdirSync(chunkFolder)) {
  if (compiledOnly.includes(name)) loader.compile(name);
  else loader.load(name);
}
for (const [name, script] of loader.scripts) writeFileSync(join(cacheFolder, name), script.createCachedData());
