import { posix } from 'node:path';
import {
  type Container,
  expandClaim,
  findAllowed,
  findClaim,
  fixedPart,
  type HostPathPolicy,
  InterLinkError,
  isMemory,
  type Pod,
  partsBelow,
  toClaim,
  type Volume,
  type VolumeMount,
  volumeTypeOf,
  withoutSlash,
} from '@interlink/sidecar-sdk';
import type { MountSource, PlannedMount, ScratchVolume } from '../script/job-plan.ts';
import type { SlurmSite } from '../site/slurm-site.ts';

/** What a container mounts, in the order in which it says so. What can't be had was refused before. */
export function planMounts({ volumeMounts = [] }: Container, pod: Pod, site: SlurmSite): PlannedMount[] {
  const volumes = new Map((pod.spec.volumes ?? []).map((volume) => [volume.name, volume]));
  return volumeMounts.flatMap((mount) => {
    const volume = volumes.get(mount.name);
    return volume === undefined ? [] : [planMount(mount, volume, pod.metadata.namespace, site)];
  });
}

/** emptyDirs: they live as long as the job, on the node that runs it. */
export function planScratch({ spec }: Pod): ScratchVolume[] {
  return (spec.volumes ?? [])
    .filter((volume) => volumeTypeOf(volume) === 'emptyDir')
    .map((volume) => ({ name: volume.name, medium: isMemory(volume) ? 'memory' : 'scratch' }));
}

function planMount(mount: VolumeMount, volume: Volume, namespace: string, site: SlurmSite): PlannedMount {
  const { source, isReadOnly } = sourceOf(volume, namespace, site);
  return {
    ...{
      volume: volume.name,
      source,
      target: posix.normalize(mount.mountPath),
      readOnly: isReadOnly || mount.readOnly === true,
    },
    ...(mount.subPath === undefined || mount.subPath === '' ? {} : { subPath: mount.subPath.replace(/\/+$/, '') }),
  };
}

function sourceOf(volume: Volume, namespace: string, site: SlurmSite): { source: MountSource; isReadOnly: boolean } {
  const { name } = volume;
  switch (volumeTypeOf(volume)) {
    case 'emptyDir':
      return { source: { in: isMemory(volume) ? 'memory' : 'scratch', path: name }, isReadOnly: false };
    case 'hostPath':
      return planHostPath(volume, site.hostPaths);
    case 'persistentVolumeClaim': {
      const claim = toClaim(volume);
      const found = findClaim(claim, namespace, site.claims);
      if (found === undefined) throw new InterLinkError('internal', `claim ${claim.name} has no place`);
      const whole = expandClaim(found.path, { namespace, claim: claim.name, volume: name });
      const path = fixedPart(found.path);
      return {
        source: { in: 'host', path, below: partsBelow(path, whole).join('/'), type: 'DirectoryOrCreate' },
        isReadOnly: claim.isReadOnly,
      };
    }
    default:
      return { source: { in: 'pod-folder', path: `volumes/${name}` }, isReadOnly: true };
  }
}

function planHostPath({ hostPath }: Volume, { allowed }: HostPathPolicy): { source: MountSource; isReadOnly: boolean } {
  const whole = withoutSlash(String(hostPath?.path));
  const entry = findAllowed(whole, allowed);
  if (entry === undefined) throw new InterLinkError('internal', `hostPath ${whole} is not allowed`);
  const { path, isReadOnly } = entry;
  const type = String(hostPath?.type ?? '');
  return { source: { in: 'host', path, below: partsBelow(path, whole).join('/'), type }, isReadOnly };
}
