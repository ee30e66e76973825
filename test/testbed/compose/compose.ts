import { join } from 'node:path';
import type { BuildOptions } from '../cache/build-cache.ts';
import { ensureGoPrograms } from '../control-plane/go-programs.ts';

/** Finds Docker Compose, which is a plugin of `docker` as well as a program, or builds it from the Go module beside this file. @returns its path */
export async function ensureCompose(options: BuildOptions): Promise<string> {
  const programs = {
    module: import.meta.dirname,
    packages: { 'docker-compose': 'github.com/docker/compose/v2/cmd' },
    variables: { 'github.com/docker/compose/v2/internal.Version': 'v2.40.3' },
    title: 'Docker Compose',
  };
  return join(await ensureGoPrograms(programs, options), 'docker-compose');
}
