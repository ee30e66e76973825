import { mkdir, statfs } from 'node:fs/promises';
import {
  type InterLinkConfig,
  type Logger,
  type SidecarDefinition,
  sidecarUrl,
  systemClock,
} from '@interlink/sidecar-sdk';
import type { Registry } from 'prom-client';
import { SlurmBackend } from './backend.ts';
import { toCapabilities } from './capabilities.ts';
import { ClusterView } from './cluster/cluster-view.ts';
import { ResourceScript } from './cluster/resource-script.ts';
import { rootsIn } from './folder/pod-folder.ts';
import { ImageCache } from './image/image-cache.ts';
import { ImagePlanner } from './image/image-planner.ts';
import { PodPlanner } from './plan/pod-planner.ts';
import { RuntimePlanner } from './plan/runtime-planner.ts';
import { pullByScript } from './pull/pull-image.ts';
import { whyNoPulls } from './pull/why-no-pulls.ts';
import { loadSlurmSite } from './site/load-slurm-site.ts';
import { createCommandMetrics } from './slurm/commands/command-metrics.ts';
import { runProcess } from './slurm/commands/run-process.ts';
import { Slurm } from './slurm/slurm.ts';

/** The process `slurm-sidecar`: listens on SidecarURL with port 4001 unless SidecarPort is set, whatever SidecarService says. */
export const slurmSidecar: SidecarDefinition = {
  name: 'slurm-sidecar',
  configFile: { variable: 'SLURMCONFIGPATH', defaultFile: '/etc/interlink/SlurmConfig.yaml' },
  listenUrl: (config) => sidecarUrl({ ...config, SidecarService: 'slurm' }),
  createBackend: async (config, logger, metrics) => {
    // What it writes is the account's alone, and so is what Slurm writes for its jobs: sbatch passes it on.
    process.umask(0o077);
    return await createSlurmBackend(config, logger, metrics);
  },
};

/** @throws InterLinkError `invalid_argument` for wrong settings */
export async function createSlurmBackend(
  config: InterLinkConfig,
  logger: Logger,
  metrics: Registry,
  env: NodeJS.ProcessEnv = process.env,
): Promise<SlurmBackend> {
  const site = loadSlurmSite(config);
  const { root, isShared, retentionMs } = site.folders;
  const { pollIntervalMs, submitsPerSecond } = site.pace;
  await mkdir(root, { recursive: true, mode: 0o700 });
  const disk = await statfs(root, { bigint: true });
  if (site.folders.allowsSecretsInScript) {
    logger.warn('AllowSecretsInScript is without effect: Secrets go to jobs by srun, and never into scripts');
  }
  const clock = systemClock;
  const recorder = createCommandMetrics(metrics);
  const slurm = new Slurm({
    ...{ commands: site.commands, logger, clock, env, recorder },
    ...(submitsPerSecond === undefined ? {} : { submitRate: { burst: submitsPerSecond, perSecond: submitsPerSecond } }),
  });
  const cluster = new ClusterView(slurm, clock);
  const spoolFolder = rootsIn(root).spool;
  const runtimes = new RuntimePlanner(site, new ImagePlanner(new ImageCache(root), site.images));
  const planner = new PodPlanner({ site, cluster, spoolFolder, runtimes });
  const { resourceScriptPath: path } = site;
  const resources = path === undefined ? undefined : new ResourceScript({ path, run: runProcess, clock, logger });
  const problem = site.images.pulledBy === 'login' ? await whyNoPulls(site.runtime, runProcess, env) : undefined;
  if (problem !== undefined) {
    logger.error(
      { problem },
      'Slurm.PullImages is login, and no image can be pulled here: pods wait for those that are not there',
    );
  }
  return await SlurmBackend.open({
    ...{ slurm, root, isShared, pollIntervalMs, retentionMs, clock, logger, planner },
    pull: pullByScript(site.script.bashPath, env),
    requestsMade: () => recorder.count,
    capabilities: async () =>
      toCapabilities(await cluster.read(), site, disk.blocks * disk.bsize, await resources?.read()),
  });
}
