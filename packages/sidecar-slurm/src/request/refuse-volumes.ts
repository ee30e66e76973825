import { isAbsolute, posix } from 'node:path';
import {
  type Container,
  findAllowed,
  holdsPodData,
  InterLinkError,
  isPlain,
  type Pod,
  pathBelow,
  refuseClaim,
  toClaim,
  type Volume,
  type VolumeMount,
  volumeTypeOf,
  withoutSlash,
} from '@interlink/sidecar-sdk';
import type { SlurmSite } from '../site/slurm-site.ts';

/** https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types */
const hostPathTypes: ReadonlySet<string> = new Set([
  ...['', 'DirectoryOrCreate', 'Directory', 'FileOrCreate', 'File', 'Socket', 'CharDevice', 'BlockDevice'],
]);

/**
 * Why a pod can't have its volumes here, as far as the request tells; types of volumes are the table's. What is on the disk is looked
 * at by the job, on the node that has it.
 */
export function refuseVolumes({ metadata, spec }: Pod, site: SlurmSite): string[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const mounted = new Set(containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)));
  const ofVolumes = (spec.volumes ?? []).flatMap((volume) => {
    const reason =
      refuseSource(volume, metadata.namespace, site) ??
      (holdsPodData(volume) && mounted.has(volume.name) && !site.folders.exportsPodData
        ? 'ConfigMaps and Secrets are not written on this site (ExportPodData is false)'
        : undefined);
    return reason === undefined ? [] : [`volume ${volume.name}: ${reason}`];
  });
  const declared = new Set((spec.volumes ?? []).map(({ name }) => name));
  return [...ofVolumes, ...containers.flatMap((container) => refuseMounts(container, declared, site))];
}

function refuseSource(volume: Volume, namespace: string, site: SlurmSite): string | undefined {
  switch (volumeTypeOf(volume)) {
    case 'hostPath':
      return refuseHostPath(volume, site);
    case 'persistentVolumeClaim':
      try {
        return refuseClaim('Slurm.Claims', toClaim(volume), namespace, site.claims);
      } catch (error) {
        return InterLinkError.from(error).message;
      }
    default:
      return undefined;
  }
}

function refuseHostPath({ hostPath }: Volume, { hostPaths }: SlurmSite): string | undefined {
  const { path, type } = hostPath ?? {};
  if (typeof path !== 'string' || !isAbsolute(path) || !isPlain(path)) {
    return `hostPath ${JSON.stringify(path)} is no absolute path without "." and ".."`;
  }
  if (!hostPathTypes.has(String(type ?? ''))) return `${JSON.stringify(type)} is not a type of hostPath`;
  if (findAllowed(withoutSlash(path), hostPaths.allowed) !== undefined) return undefined;
  return `hostPath ${path} is in none of the folders that the key Slurm.HostPaths of this site allows: ask its administrator to list it there`;
}

function refuseMounts(
  { name, volumeMounts = [] }: Container,
  declared: ReadonlySet<string>,
  { runtime }: SlurmSite,
): string[] {
  return volumeMounts.flatMap((mount) => {
    const reason = refuseMount(mount, declared) ?? (runtime.name === 'none' ? undefined : refuseTarget(mount));
    return reason === undefined ? [] : [`container ${name} ${reason}`];
  });
}

function refuseMount(
  { name, mountPath, subPath = '', subPathExpr }: VolumeMount,
  declared: ReadonlySet<string>,
): string | undefined {
  if (!declared.has(name)) return `mounts volume ${name}, which the pod does not declare`;
  if (subPathExpr !== undefined) return `has subPathExpr at ${mountPath}, which its owner expands`;
  try {
    if (subPath !== '') pathBelow('/', subPath);
    return undefined;
  } catch (error) {
    return `has a subPath at ${mountPath}: ${InterLinkError.from(error).message}`;
  }
}

/** What no volume can stand for: the container itself, and what its runtime keeps of it. */
function refuseTarget({ mountPath }: VolumeMount): string | undefined {
  const target = withoutSlash(posix.normalize(mountPath));
  if (!/^\/($|(proc|\.singularity\.d)($|\/))/.test(target)) return undefined;
  return `mounts a volume at ${JSON.stringify(mountPath)}: a container's root, its /proc and its /.singularity.d are no places for volumes`;
}
