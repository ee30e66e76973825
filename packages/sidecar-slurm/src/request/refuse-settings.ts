import type { PodSpec } from '@interlink/sidecar-sdk';
import type { SlurmSite } from '../site/slurm-site.ts';

/** What the table of fields can't tell by a single field. */
export function refuseSettings(spec: PodSpec, { runtime }: SlurmSite): string[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const hasDebuggers = (spec.ephemeralContainers ?? []).length > 0;
  const bare = runtime.name === 'none' ? containers.filter(({ command = [] }) => command.length === 0) : [];
  return [
    ...(hasDebuggers ? ['ephemeralContainers: nothing is added to a job that runs'] : []),
    ...bare.map(
      ({ name }) => `container ${name} has no command, and with ContainerRuntime none there is no image with one`,
    ),
  ];
}

/** What the site, rather than the pod, makes without effect. */
export function ignoredSettings(spec: PodSpec, { script }: SlurmSite): string[] {
  if (script.runsProbes) return [];
  return [...(spec.initContainers ?? []), ...spec.containers]
    .filter((container) => container.startupProbe ?? container.livenessProbe ?? container.readinessProbe)
    .map(({ name }) => `probes of container ${name}: EnableProbes is false`);
}
