import type { Container, Pod } from '@interlink/sidecar-sdk';

/** What a container wants of its runtime beyond what every driver is told. */
export interface ContainerNeeds {
  readonly gpus: 'nvidia' | 'amd' | undefined;
  readonly isReadOnly: boolean;
}

export function containerNeeds({ resources, securityContext }: Container): ContainerNeeds {
  const amounts = { ...resources?.requests, ...resources?.limits };
  const has = (resource: string) => Number(amounts[resource] ?? 0) > 0;
  const gpus = has('nvidia.com/gpu') ? 'nvidia' : has('amd.com/gpu') ? 'amd' : undefined;
  return { gpus, isReadOnly: securityContext?.readOnlyRootFilesystem === true };
}

/** The pod's name in its own network, and lines of /etc/hosts, from `hostAliases`. */
export function hostNames({ metadata, spec }: Pod): { readonly hostname: string; readonly hostLines: string[] } {
  return {
    hostname: spec.hostnameOverride ?? spec.hostname ?? shorten(metadata.name),
    hostLines: (spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t')),
  };
}

/** As the kubelet does: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/util/util.go */
function shorten(name: string): string {
  return name.slice(0, 63).replace(/[-.]+$/, '');
}

/** The containers that have an image, those of init first. */
export function imagesByContainer<T>(
  { spec }: Pod,
  images: ReadonlyMap<string, T>,
): ReadonlyArray<readonly [container: Container, image: T]> {
  return [...(spec.initContainers ?? []), ...spec.containers].flatMap((container) => {
    const image = images.get(container.name);
    return image === undefined ? [] : [[container, image] as const];
  });
}
