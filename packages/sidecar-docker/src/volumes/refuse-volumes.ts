import {
  type Container,
  holdsPodData,
  InterLinkError,
  isFiles,
  isMemory,
  type Pod,
  refuseClaim,
  toClaim,
  type Volume,
  type VolumeMount,
  volumeTypeOf,
} from '@interlink/sidecar-sdk';
import { propagations } from '../container/mount-settings.ts';
import { hasSubPath, isAbove, subPathParts } from '../container/sub-path.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { refuseHostPath } from './host-path.ts';
import { isDockerVolume, refusePropagation } from './refuse-propagation.ts';

export interface RefusalContext {
  readonly policy: Omit<SitePolicy, 'engine' | 'site'>;
  readonly hasSafeSubPaths: boolean;
}

/** Why the pod's volumes can't be had here, whatever is on the disk: a reason for each that can't. */
export function refuseVolumes(pod: Pod, context: RefusalContext): string[] {
  const { spec } = pod;
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const mounts = containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
  const ofVolumes = (spec.volumes ?? []).flatMap((volume) => {
    const mine = mounts.filter(({ name }) => name === volume.name);
    const reason =
      refuseType(volume, pod, context) ??
      refuseData(volume, mine, context) ??
      refuseSubPaths(volume, mine, { pod, ...context });
    return reason === undefined ? [] : [`volume ${JSON.stringify(volume.name)} : ${reason}`];
  });
  return [...ofVolumes, ...containers.flatMap((container) => refuseMounts(container, pod, context))];
}

function refuseType(volume: Volume, { metadata }: Pod, { policy }: RefusalContext): string | undefined {
  const type = volumeTypeOf(volume);
  if (type === 'hostPath') return refuseHostPath(volume, policy.hostPaths);
  if (type === 'persistentVolumeClaim') {
    return attempt(() => refuseClaim('Docker.Claims', toClaim(volume), metadata.namespace, policy.claims));
  }
  if (type === 'emptyDir') {
    const { medium = '' } = volume.emptyDir ?? {};
    return medium === '' || medium === 'Memory' ? undefined : `an emptyDir of medium ${medium} is not offered here`;
  }
  return isFiles(volume) ? undefined : `type ${type} is not supported`;
}

function refuseData(
  volume: Volume,
  mounts: ReadonlyArray<VolumeMount>,
  { policy }: RefusalContext,
): string | undefined {
  if (policy.exportsPodData || mounts.length === 0 || !holdsPodData(volume)) return undefined;
  return 'it holds a ConfigMap or Secret, and ExportPodData is false here';
}

/**
 * Before version 26 the engine follows symbolic links when it mounts a sub-path: where a container can write the folder above, it
 * could plant a link to anywhere on the host (CVE-2017-1002101).
 */
function refuseSubPaths(
  volume: Volume,
  mounts: ReadonlyArray<VolumeMount>,
  { pod, policy, hasSafeSubPaths }: RefusalContext & { readonly pod: Pod },
): string | undefined {
  const below = mounts.filter(hasSubPath);
  const wrong = attempt(() => void below.map(subPathParts));
  if (wrong !== undefined) return wrong;
  const [first] = below;
  if (first === undefined || isFiles(volume)) return undefined;
  if (isMemory(volume)) return `an emptyDir in memory has no sub-paths here (subPath ${first.subPath})`;
  if (hasSafeSubPaths) return undefined;
  if (isDockerVolume(volume, pod.metadata.namespace, policy)) {
    return `subPath ${first.subPath} of a Docker volume needs Docker Engine 26 or newer`;
  }
  for (const mount of below) {
    const above = mounts.find((other) => other.readOnly !== true && isAbove(other, mount));
    if (above !== undefined) {
      return `subPath ${mount.subPath}: ${above.mountPath} makes the folder above it writable, which is not safe before Docker Engine 26`;
    }
  }
  return undefined;
}

function refuseMounts(container: Container, pod: Pod, { policy }: RefusalContext): string[] {
  const { name, volumeMounts = [], volumeDevices = [], securityContext } = container;
  const problems = volumeMounts.flatMap((mount) => {
    const { mountPropagation = 'None', recursiveReadOnly = 'Disabled' } = mount;
    const volume = pod.spec.volumes?.find(({ name: declared }) => declared === mount.name);
    if (volume === undefined) return [`mounts volume ${mount.name}, which the pod does not declare`];
    const reasons: string[] = [];
    if (propagations[mountPropagation] === undefined) {
      reasons.push(`asks for mountPropagation ${mountPropagation} of ${mount.mountPath}, which there is none of`);
    } else if (mountPropagation === 'Bidirectional' && securityContext?.privileged !== true) {
      reasons.push(
        `asks for mountPropagation Bidirectional of ${mount.mountPath}, which only privileged containers have`,
      );
    } else if (mountPropagation !== 'None' && hasSubPath(mount)) {
      reasons.push(`asks for mountPropagation ${mountPropagation} of the sub-path at ${mount.mountPath}`);
    } else if (mountPropagation !== 'None') {
      const why = refusePropagation(volume, pod, policy);
      if (why !== undefined)
        reasons.push(`asks for mountPropagation ${mountPropagation} of ${mount.mountPath}: ${why}`);
    }
    if (recursiveReadOnly === 'Enabled')
      reasons.push(`asks for recursiveReadOnly of ${mount.mountPath}, which is not offered`);
    if (mount.subPathExpr !== undefined) reasons.push(`has subPathExpr at ${mount.mountPath}, which its owner expands`);
    return reasons;
  });
  if (volumeDevices.length > 0) problems.push('asks for raw block devices (volumeDevices), which are not supported');
  return problems.map((problem) => `container ${name} ${problem}`);
}

/** What is returned, or thrown, as a reason. */
function attempt(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    return InterLinkError.from(error).message;
  }
}
