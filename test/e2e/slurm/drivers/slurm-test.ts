import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, inject } from 'vitest';
import {
  type ControlPlaneData,
  kubectl,
  offers,
  type SlurmClusterData,
  slurmCluster,
  type TestbedData,
} from '../../../testbed/index.ts';
import {
  type ClusterSidecar,
  type ClusterSidecarOptions,
  prepareClusterSidecar,
} from '../../../testbed/site/cluster-sidecar.ts';
import { ClusterView } from '../../../testbed/site/cluster-view.ts';
import { Site, type SiteOptions } from '../../../testbed/site/site.ts';
import { reportFailure } from '../../drivers/failure-report.ts';
import { Namespace } from '../../drivers/namespace.ts';

const testbed: TestbedData = inject('testbed');

export interface SlurmTestOptions
  extends Pick<SiteOptions, 'env' | 'virtualNodes'>,
    Pick<ClusterSidecarOptions, 'config' | 'isUnix'> {
  /** Makes another sidecar than the testbed's own, with its log in that folder; `config` and `isUnix` are nothing to it. */
  readonly prepare?: ((directory: string) => Promise<ClusterSidecar>) | undefined;
}

/** For `describe.skipIf`: this machine can't run a Kubernetes cluster beside a Slurm cluster. */
export const cannotRun = testbed.controlPlane === undefined || !offers(testbed, 'slurmCluster');

/** @throws Error on a machine that can't run it: those tests are skipped, see {@link cannotRun} */
export function controlPlaneOf({ controlPlane }: TestbedData): ControlPlaneData {
  if (controlPlane === undefined) throw new Error('Cannot run: this testbed has no control plane');
  return controlPlane;
}

/**
 * Vitest's `test` with one site per file whose sidecar is on the login host of the testbed's Slurm cluster, one namespace per test, and a
 * view of Slurm. A site does not end before all jobs and folders of its pods are gone.
 * @param options or what makes them, for a site that has to know its cluster
 */
export function slurmTest(
  subject: string,
  options: SlurmTestOptions | ((cluster: SlurmClusterData) => Promise<SlurmTestOptions>) = {},
) {
  let namespaces = 0;
  return base
    .extend('controlPlane', { scope: 'file' }, (): ControlPlaneData => controlPlaneOf(testbed))
    .extend('cluster', { scope: 'file' }, async () => await slurmCluster(testbed))
    .extend('installed', { scope: 'file' }, async ({ cluster }, { onCleanup }) => {
      const known = typeof options === 'function' ? await options(cluster) : options;
      const installed = await startSlurmSite(`slurm-${subject}`, cluster, known);
      onCleanup(async () => await installed.end());
      return installed;
    })
    .extend('site', { scope: 'file' }, ({ installed }) => installed.site)
    .extend('slurm', { scope: 'file' }, ({ installed }) => installed.slurm)
    .extend('namespace', async ({ site, controlPlane, task }, { onCleanup }) => {
      namespaces += 1;
      const namespace = await Namespace.create(`${site.nodeName}-${namespaces}`, controlPlane);
      onCleanup(async () => {
        if (task.result?.state === 'fail') await reportFailure(task.name, site, namespace);
        await namespace.delete();
      });
      return namespace;
    });
}

export interface SlurmSite {
  readonly site: Site;
  readonly slurm: ClusterView;
  /** Waits until nothing is left of its pods, and removes it and its nodes. */
  end(): Promise<void>;
}

/** A site whose sidecar runs on the login host of that cluster. */
export async function startSlurmSite(
  nodeName: string,
  cluster: SlurmClusterData,
  { env = {}, virtualNodes, config, isUnix, prepare }: SlurmTestOptions = {},
): Promise<SlurmSite> {
  const controlPlane = controlPlaneOf(testbed);
  const nodeNames = virtualNodes?.map(({ Name }) => Name) ?? [nodeName];
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), `${nodeName}-`));
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  const sidecar =
    (await prepare?.(directory)) ??
    (await prepareClusterSidecar({ cluster, name: nodeName, directory, config, isUnix }));
  cleanUp.defer(() => sidecar.remove());
  const { kubeconfig } = controlPlane;
  const site = await Site.start({ directory, kubeconfig, nodeName, sidecar, env, virtualNodes });
  cleanUp.defer(async () => {
    await site.stop();
    for (const name of nodeNames) await kubectl({ controlPlane }, ['delete', 'node', name, '--wait=false']);
  });
  const slurm = new ClusterView(cluster, sidecar);
  cleanUp.defer(() => slurm.waitUntilNothingIsLeft());
  const all = cleanUp.move();
  return { site, slurm, end: async () => await all.disposeAsync() };
}
