import type { SiteKind } from '../../plan/site-kind.ts';
import { startDiskRuntime } from './disk-runtime.ts';
import { startDockerRuntime } from './docker-runtime.ts';
import { processRuntime } from './process-runtime.ts';
import type { Runtime } from './runtime.ts';
import { startSlurmRuntime } from './slurm-runtime.ts';

/** @param directory for what it keeps on this machine */
export async function startRuntime(kind: SiteKind, directory: string): Promise<Runtime> {
  switch (kind) {
    case 'process':
      return processRuntime;
    case 'disk':
      return await startDiskRuntime(directory);
    case 'docker':
      return await startDockerRuntime(directory);
    case 'slurm':
      return await startSlurmRuntime();
  }
}
