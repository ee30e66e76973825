import { InterLinkError, type SidecarDefinition, sidecarUrl } from '@interlink/sidecar-sdk';

/** The process `slurm-sidecar`: listens on SidecarURL with port 4001 unless SidecarPort is set, whatever SidecarService says. */
export const slurmSidecar: SidecarDefinition = {
  name: 'slurm-sidecar',
  configFile: { variable: 'SLURMCONFIGPATH', defaultFile: '/etc/interlink/SlurmConfig.yaml' },
  listenUrl: (config) => sidecarUrl({ ...config, SidecarService: 'slurm' }),
  createBackend: async () => {
    throw new InterLinkError('internal', 'not made yet');
  },
};
