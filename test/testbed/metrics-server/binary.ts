import { join } from 'node:path';
import type { BuildOptions } from '../cache/build-cache.ts';
import { ensureGoPrograms } from '../control-plane/go-programs.ts';

/** Finds metrics-server in the cache, or builds it from the Go module beside this file (minutes, the first time). @returns its path */
export async function ensureMetricsServer(options: BuildOptions): Promise<string> {
  const directory = await ensureGoPrograms(
    {
      module: import.meta.dirname,
      packages: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
      variables: {},
      title: 'metrics-server',
    },
    options,
  );
  return join(directory, 'metrics-server');
}
