import {
  type InterLinkConfig,
  type Logger,
  parseHostPaths,
  type SidecarDefinition,
  sidecarUrl,
} from '@interlink/sidecar-sdk';
import { DockerBackend } from './backend.ts';
import { connectAt } from './engine/connect.ts';
import { renderEngineAddress } from './engine/connection.ts';
import { findEngineAddress } from './engine/docker-context.ts';
import { Engine } from './engine/engine.ts';
import { parseThresholds } from './image/collection-plan.ts';
import { loadSiteSettings } from './site/site-settings.ts';
import { parseDockerClaims } from './volumes/claim-targets.ts';
import { defaultDataRoot, ensureDataRoot } from './volumes/data-root.ts';
import { readDeadlines } from './volumes/deadline-note.ts';
import { readDeletions } from './volumes/deletion-note.ts';
import { readEvictions } from './volumes/eviction-note.ts';
import { forbiddenPaths } from './volumes/forbidden-paths.ts';

/** The process `docker-sidecar`: listens on SidecarURL with port 4000 unless SidecarPort is set, whatever SidecarService says. */
export const dockerSidecar: SidecarDefinition = {
  name: 'docker-sidecar',
  listenUrl: (config) => sidecarUrl({ ...config, SidecarService: 'docker' }),
  createBackend: async (config, logger) => await createDockerBackend(config, logger),
};

/** @param env DOCKER_HOST and its kin, XDG_STATE_HOME @throws InterLinkError `invalid_argument` for wrong settings */
export async function createDockerBackend(
  config: InterLinkConfig,
  logger: Logger,
  env: NodeJS.ProcessEnv = process.env,
): Promise<DockerBackend> {
  const imageCollection = parseThresholds(
    config['Docker.ImageGCHighThresholdPercent'],
    config['Docker.ImageGCLowThresholdPercent'],
  );
  const root = config.DataRootFolder ?? defaultDataRoot(env);
  await ensureDataRoot(root);
  const claims = parseDockerClaims(config['Docker.Claims']);
  const address = await findEngineAddress(env);
  const hostPaths = parseHostPaths(
    'Docker.HostPaths',
    config['Docker.HostPaths'],
    forbiddenPaths({ root, claims, address }),
  );
  const site = await loadSiteSettings(config);
  const engine = new Engine(await connectAt(address));
  const policy = { exportsPodData: config.ExportPodData, hostPaths, claims, site };
  const [evictions, deletions, deadlines] = await Promise.all([
    readEvictions(root),
    readDeletions(root),
    readDeadlines(root),
  ]);
  const noted = { evictions, deletions, deadlines };
  return new DockerBackend({
    ...{ engine, address: renderEngineAddress(address), root, policy, imageCollection, logger, ...noted },
  });
}
