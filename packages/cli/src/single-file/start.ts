import { getAssetKeys, getRawAsset } from 'node:sea';
import { ownProgramPrefix } from '@interlink/service-kit';
import { ChunkLoader } from './chunk-loader.ts';

/**
 * Where the single-file executable begins: Node runs this file of it, which loads the program's chunks from its assets. With
 * `internal:NAME` before its arguments it is another program of ours, which its own processes start (`ownProgram`).
 */
const assets = new Set(getAssetKeys());
const bytes = (key: string) => Buffer.from(getRawAsset(key));

const loader = new ChunkLoader({
  code: (name) => bytes(`chunk/${name}`).toString('utf8'),
  cache: (name) => (assets.has(`cache/${name}`) ? bytes(`cache/${name}`) : undefined),
});

const [first = ''] = process.argv.slice(2);
const isOwnProgram = first.startsWith(ownProgramPrefix);
// Programs read their arguments where they are without a name before them.
if (isOwnProgram) process.argv.splice(2, 1);
loader.load(`${isOwnProgram ? first.slice(ownProgramPrefix.length) : 'main'}.js`);
