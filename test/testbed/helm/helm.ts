import { join } from 'node:path';
import type { BuildOptions } from '../cache/build-cache.ts';
import { ensureGoPrograms } from '../control-plane/go-programs.ts';

/** Finds Helm in the cache, or builds it from the Go module beside this file (minutes, the first time). @returns its path */
export async function ensureHelm(options: BuildOptions): Promise<string> {
  const programs = {
    module: import.meta.dirname,
    packages: { helm: 'helm.sh/helm/v4/cmd/helm' },
    variables: { 'helm.sh/helm/v4/internal/version.version': 'v4.3.1' },
    title: 'Helm',
  };
  return join(await ensureGoPrograms(programs, options), 'helm');
}
