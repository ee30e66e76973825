import { join } from 'node:path';
import { InterLinkError, type Pod } from '@interlink/sidecar-sdk';
import type { PlannedImage } from '../../image/planned-image.ts';
import type { PodOptions } from '../../request/pod-options.ts';
import type { SiteFolders, SiteRuntime } from '../../site/slurm-site.ts';
import { containerNeeds, hostNames, imagesByContainer } from './container-needs.ts';
import type { EnrootPlan } from './enroot-plan.ts';

/**
 * @param images by container, init containers and native sidecars among them
 * @throws InterLinkError `failed_precondition`, InvalidImageName, for an image that enroot can't pull
 */
export function planEnroot(
  pod: Pod,
  images: ReadonlyMap<string, PlannedImage>,
  { runtime, folders }: { readonly runtime: SiteRuntime; readonly folders: Pick<SiteFolders, 'root'> },
  options: Pick<PodOptions, 'enrootOptions' | 'enrootMounts'>,
): EnrootPlan {
  const containers = imagesByContainer(pod, images).map(
    ([container, image]) => [container.name, { image, uri: toEnrootUri(image), ...containerNeeds(container) }] as const,
  );
  return {
    driver: 'enroot',
    path: runtime.path,
    imageCache: join(folders.root, '.images'),
    ...hostNames(pod),
    // The root file system is the pod's own wish.
    options: [...runtime.options.filter((word) => word !== '--rw'), ...options.enrootOptions, ...options.enrootMounts],
    containers: Object.fromEntries(containers),
  };
}

/** `docker://[REGISTRY#]IMAGE[:TAG]`: https://github.com/NVIDIA/enroot/blob/master/doc/cmd/import.md */
function toEnrootUri({ uri, name, path }: PlannedImage): string {
  if (path !== '') return '';
  if (!uri.startsWith('docker://')) {
    const message = `Cannot use image ${JSON.stringify(uri)}: enroot takes images from registries of Docker's kind, and paths`;
    throw new InterLinkError('failed_precondition', message, { reason: 'InvalidImageName' });
  }
  const slash = name.indexOf('/');
  const registry = name.slice(0, slash);
  const image = name.slice(slash + 1);
  return registry === 'docker.io' ? `docker://${image}` : `docker://${registry}#${image}`;
}
