import type { InterLinkConfig } from '@interlink/sidecar-sdk';
import { loadSlurmSite, type SiteProcess } from '../site/load-slurm-site.ts';
import type { SlurmSite } from '../site/slurm-site.ts';

/** What the keys are while nobody has said anything. */
export const siteDefaults: Partial<InterLinkConfig> = {
  ...{ ContainerRuntime: 'apptainer', ExportPodData: true, EnableProbes: true, Tsocks: false },
  ...{ IgnoreRunAsUser: false, AllowSecretsInScript: false, 'Slurm.PollInterval': 2, 'Slurm.Retention': 3600 },
  'Slurm.PullImages': 'job',
};

/** Nobody's home, so that nothing of this machine gets into a test. */
export const testProcess: SiteProcess = { env: {}, home: '/nonexistent/home', uid: 1500, gid: 1500 };

/** A site as an administrator's keys make it. */
export function slurmSite(config: Partial<InterLinkConfig> = {}, process = testProcess): SlurmSite {
  return loadSlurmSite({ ...siteDefaults, ...config } as InterLinkConfig, process);
}
