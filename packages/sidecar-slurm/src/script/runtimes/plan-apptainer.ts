import { join } from 'node:path';
import type { Container, Pod } from '@interlink/sidecar-sdk';
import type { PlannedImage } from '../../image/planned-image.ts';
import type { PodOptions } from '../../request/pod-options.ts';
import type { SiteFolders, SiteRuntime } from '../../site/slurm-site.ts';
import type { ApptainerContainer, ApptainerPlan } from './apptainer-plan.ts';

/** @param images by container, init containers and native sidecars among them */
export function planApptainer(
  { metadata, spec }: Pod,
  images: ReadonlyMap<string, PlannedImage>,
  site: { readonly runtime: SiteRuntime; readonly folders: Pick<SiteFolders, 'root'> },
  options: Pick<PodOptions, 'singularityOptions' | 'singularityMounts' | 'singularityCommands'>,
): ApptainerPlan {
  const containers = [...(spec.initContainers ?? []), ...spec.containers].flatMap((container) => {
    const image = images.get(container.name);
    return image === undefined ? [] : [[container.name, toContainer(container, image)] as const];
  });
  return {
    driver: 'apptainer',
    path: site.runtime.path,
    imageCache: join(site.folders.root, '.images'),
    hostname: spec.hostnameOverride ?? spec.hostname ?? toHostname(metadata.name),
    hostLines: (spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t')),
    options: [...site.runtime.options, ...options.singularityOptions, ...options.singularityMounts],
    prefix: [...site.runtime.prefix, ...options.singularityCommands],
    containers: Object.fromEntries(containers),
  };
}

/** As the kubelet shortens it: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/util/util.go */
function toHostname(name: string): string {
  return name.slice(0, 63).replace(/[-.]+$/, '');
}

function toContainer({ resources, securityContext }: Container, image: PlannedImage): ApptainerContainer {
  const amounts = { ...resources?.requests, ...resources?.limits };
  const has = (resource: string) => Number(amounts[resource] ?? 0) > 0;
  const gpus = has('nvidia.com/gpu') ? 'nvidia' : has('amd.com/gpu') ? 'amd' : undefined;
  return { image, gpus, isReadOnly: securityContext?.readOnlyRootFilesystem === true };
}
