import { test as base, inject } from 'vitest';
import { startOwnSlurmCluster, type TestbedData } from '../../../testbed/index.ts';
import { reportFailure } from '../../drivers/failure-report.ts';
import { Namespace } from '../../drivers/namespace.ts';
import { controlPlaneOf, type SlurmTestOptions, startSlurmSite } from './slurm-test.ts';

const provided: TestbedData = inject('testbed');

/** As `slurmTest`, on a cluster that is the file's own: its controller and its nodes may be stopped and killed. */
export function ownSlurmTest(subject: string, options: SlurmTestOptions = {}) {
  let namespaces = 0;
  return base
    .extend('testbed', { scope: 'file' }, () => provided)
    .extend('own', { scope: 'file' }, async ({ testbed }, { onCleanup }) => {
      const own = await startOwnSlurmCluster(testbed);
      onCleanup(async () => await own[Symbol.asyncDispose]());
      return own;
    })
    .extend('installed', { scope: 'file' }, async ({ own }, { onCleanup }) => {
      const installed = await startSlurmSite(`slurm-${subject}`, own.data, options);
      onCleanup(async () => await installed.end());
      return installed;
    })
    .extend('site', { scope: 'file' }, ({ installed }) => installed.site)
    .extend('slurm', { scope: 'file' }, ({ installed }) => installed.slurm)
    .extend('namespace', async ({ site, task }, { onCleanup }) => {
      namespaces += 1;
      const namespace = await Namespace.create(`${site.nodeName}-${namespaces}`, controlPlaneOf(provided));
      onCleanup(async () => {
        if (task.result?.state === 'fail') await reportFailure(task.name, site, namespace);
        await namespace.delete();
      });
      return namespace;
    });
}
