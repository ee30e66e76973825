import type { Pod } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import type { SiteSettings } from '../site/site-settings.ts';
import { type DockerFlags, parseDockerFlags } from './docker-flags.ts';

/** Options of `docker run` for all containers of a pod, by its author. */
export const flagsAnnotation = 'docker-options.vk.io/flags';

/** A container's settings with the options of its pod's annotation, where the administrator allows those. */
export function withPodFlags(
  { metadata }: Pod,
  base: Partial<Docker.HostConfig>,
  { podAnnotations }: Pick<SiteSettings, 'podAnnotations'>,
): Partial<Docker.HostConfig> {
  const text = metadata.annotations?.[flagsAnnotation];
  if (text === undefined || !podAnnotations.has(flagsAnnotation)) return base;
  return parseDockerFlags(text, base).hostConfig;
}

/** Why the annotation is without effect, or undefined: the administrator has not allowed it. */
export function ignoredFlags({ metadata }: Pod, { podAnnotations }: Pick<SiteSettings, 'podAnnotations'>) {
  if (metadata.annotations?.[flagsAnnotation] === undefined || podAnnotations.has(flagsAnnotation)) return undefined;
  return `annotation ${flagsAnnotation}: Policy.AllowPodAnnotations does not list it`;
}

/** What of an allowed annotation can't be had. */
export function refuseFlags({ metadata }: Pod, { podAnnotations }: Pick<SiteSettings, 'podAnnotations'>): string[] {
  const text = metadata.annotations?.[flagsAnnotation];
  if (text === undefined || !podAnnotations.has(flagsAnnotation)) return [];
  const { problems }: DockerFlags = parseDockerFlags(text, {});
  return problems.map((problem) => `annotation ${flagsAnnotation}: ${problem}`);
}
