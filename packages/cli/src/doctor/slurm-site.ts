import { loadInterLinkConfig } from '@interlink/service-kit';
import { loadSlurmSite, slurmSidecar, thisProcess } from '@interlink/sidecar-slurm';

/** What concerns the Slurm sidecar, by the file that it has for itself. @throws InterLinkError `invalid_argument` as the sidecar would at its start */
export async function readSlurmSite(env: NodeJS.ProcessEnv): Promise<ReturnType<typeof loadSlurmSite>> {
  return loadSlurmSite((await loadInterLinkConfig(env, slurmSidecar.configFile)).config, thisProcess(env));
}
