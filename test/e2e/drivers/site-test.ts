import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, inject } from 'vitest';
import { type ControlPlaneData, type DockerData, kubectl, type TestbedData } from '../../testbed/index.ts';
import { Site, type SiteOptions } from '../../testbed/site/site.ts';
import { EngineView } from './engine.ts';
import { reportFailure } from './failure-report.ts';
import { Namespace } from './namespace.ts';
import { waitUntilNothingIsLeft } from './nothing-left.ts';
import { isComplete, partsOf } from './testbed-parts.ts';

const testbed: TestbedData = inject('testbed');

type SiteTestOptions = Pick<SiteOptions, 'env' | 'virtualNodes'>;

type OneSiteOptions = SiteTestOptions &
  Partial<Pick<SiteOptions, 'kubeconfig' | 'sidecar' | 'binaries'>> & {
    /** Another engine than the testbed's. */
    readonly docker?: DockerData;
  };

/** For `describe.skipIf`: this machine can't run a cluster with a Docker Engine. */
export const cannotRun = !isComplete(testbed);

/**
 * Vitest's `test` with one site per file, whose node is named after the file's subject, one namespace per test, and a view of
 * the engine. What a test leaves behind goes with it; what a failed test wants to be asked is printed.
 */
export function siteTest(subject: string, options: SiteTestOptions = {}) {
  let namespaces = 0;
  return base
    .extend('controlPlane', { scope: 'file' }, (): ControlPlaneData => partsOf(testbed).controlPlane)
    .extend('engine', { scope: 'file' }, () => new EngineView(partsOf(testbed).docker))
    .extend('site', { scope: 'file' }, async ({ engine }, { onCleanup }) => {
      const { site, directory, end } = await startSite(`e2e-${subject}`, engine, options);
      onCleanup(async () => {
        const nodeNames = options.virtualNodes?.map(({ Name }) => Name) ?? [site.nodeName];
        try {
          await waitUntilNothingIsLeft({ engine, nodeNames, directory });
        } finally {
          await end();
        }
      });
      return site;
    })
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

/** A site on the testbed in a folder of its own; `end` removes it, its node, and what its pods left at the engine. */
export async function startSite(
  nodeName: string,
  engine: EngineView,
  {
    env = {},
    virtualNodes,
    kubeconfig,
    sidecar = 'docker',
    binaries,
    docker = partsOf(testbed).docker,
  }: OneSiteOptions = {},
): Promise<{ site: Site; directory: string; end(): Promise<void> }> {
  const { controlPlane } = partsOf(testbed);
  const directory = await mkdtemp(join(tmpdir(), `${nodeName}-`));
  const site = await Site.start({
    directory,
    kubeconfig: kubeconfig ?? controlPlane.kubeconfig,
    nodeName,
    sidecar,
    binaries,
    dockerHost: docker.host,
    env,
    virtualNodes,
  });
  const end = async () => {
    await site.stop();
    for (const name of virtualNodes?.map(({ Name }) => Name) ?? [nodeName]) {
      await kubectl({ controlPlane }, ['delete', 'node', name, '--wait=false']);
      await engine.remove(await engine.ofNode(name));
    }
    await rm(directory, { recursive: true, force: true });
  };
  return { site, directory, end };
}
