import { loadInterLinkConfig, sidecarUrl } from '@interlink/service-kit';
import type { SidecarDefinition } from '@interlink/sidecar-sdk';
import type { Command } from '../command.ts';
import { showReadiness } from '../health/show-readiness.ts';
import { isHelpOrRefused } from './no-arguments.ts';

// Each sidecar is loaded when it is asked for: none pays for another's libraries.
export const dockerSidecarCommand = sidecarCommand({
  name: 'docker-sidecar',
  summary: 'Runs pods on a Docker Engine ($DOCKER_HOST honoured).',
  load: async () => (await import('@interlink/sidecar-docker')).dockerSidecar,
});
export const slurmSidecarCommand = sidecarCommand({
  name: 'slurm-sidecar',
  summary: 'Runs pods as Slurm jobs, by an ordinary account on a login node.',
  load: async () => (await import('@interlink/sidecar-slurm')).slurmSidecar,
});
export const mockSidecarCommand = sidecarCommand({
  name: 'mock-sidecar',
  summary: 'Runs nothing: instant, scriptable answers for tests and benches.',
  load: async () => (await import('@interlink/sidecar-mock')).mockSidecar,
});
export const processSidecarCommand = sidecarCommand({
  name: 'process-sidecar',
  summary: "Runs containers' commands as local processes, to try things out: images are ignored, nothing is isolated.",
  load: async () => (await import('@interlink/sidecar-process')).processSidecar,
});

function sidecarCommand(sidecar: { name: string; summary: string; load(): Promise<SidecarDefinition> }): Command {
  const { name, summary, load } = sidecar;
  return {
    name,
    summary,
    run: async (args, signal) => {
      if (isHelpOrRefused(name, summary, args)) return;
      const [{ runSidecar }, definition] = await Promise.all([import('@interlink/sidecar-sdk'), load()]);
      if (args.length === 0) return await runSidecar(definition, signal);
      const { config } = await loadInterLinkConfig(process.env, definition.configFile);
      await showReadiness(definition.listenUrl?.(config) ?? sidecarUrl(config));
    },
  };
}
