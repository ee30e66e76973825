import { join } from 'node:path';
import type { BuildOptions } from '../cache/build-cache.ts';
import { ensureGoPrograms } from '../control-plane/go-programs.ts';

/** Finds the CNCF Distribution registry in the cache, or builds it from the Go module beside this file (minutes, the first time). @returns its path */
export async function ensureRegistry(options: BuildOptions): Promise<string> {
  const directory = await ensureGoPrograms(
    {
      module: import.meta.dirname,
      packages: { registry: 'github.com/distribution/distribution/v3/cmd/registry' },
      variables: {},
      title: 'the image registry',
    },
    options,
  );
  return join(directory, 'registry');
}
