import { join } from 'node:path';
import type { Pod } from '@interlink/sidecar-sdk';
import type { PlannedImage } from '../../image/planned-image.ts';
import type { PodOptions } from '../../request/pod-options.ts';
import type { SiteFolders, SiteRuntime } from '../../site/slurm-site.ts';
import type { ApptainerPlan } from './apptainer-plan.ts';
import { containerNeeds, hostNames, imagesByContainer } from './container-needs.ts';

/** @param images by container, init containers and native sidecars among them */
export function planApptainer(
  pod: Pod,
  images: ReadonlyMap<string, PlannedImage>,
  { runtime, folders }: { readonly runtime: SiteRuntime; readonly folders: Pick<SiteFolders, 'root'> },
  options: Pick<PodOptions, 'singularityOptions' | 'singularityMounts' | 'singularityCommands'>,
): ApptainerPlan {
  const containers = imagesByContainer(pod, images).map(
    ([container, image]) => [container.name, { image, ...containerNeeds(container) }] as const,
  );
  return {
    driver: 'apptainer',
    path: runtime.path,
    imageCache: join(folders.root, '.images'),
    ...hostNames(pod),
    options: [...runtime.options, ...options.singularityOptions, ...options.singularityMounts],
    prefix: [...runtime.prefix, ...options.singularityCommands],
    containers: Object.fromEntries(containers),
  };
}
