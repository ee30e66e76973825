import { test as base, inject } from 'vitest';
import { slurmCluster } from '../../../testbed/index.ts';
import { type DirectPodsOptions, startDirectPods } from './direct-pods.ts';

/** Vitest's `test` with a sidecar on the login host of the testbed's cluster, one per file, which nothing is left of. */
export function directPodsTest(subject: string, options: DirectPodsOptions = {}) {
  return base
    .extend('cluster', { scope: 'file' }, async () => await slurmCluster(inject('testbed')))
    .extend('pods', { scope: 'file' }, async ({ cluster }, { onCleanup }) => {
      const { pods, end } = await startDirectPods(`direct-${subject}`, cluster, options);
      onCleanup(end);
      return pods;
    });
}
