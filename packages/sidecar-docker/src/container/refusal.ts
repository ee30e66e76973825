import { InterLinkError, type PodSpec } from '@interlink/sidecar-sdk';
import { refuseSubPaths } from './mounts.ts';
import { unsupportedResources } from './resources.ts';
import { refusedSettings } from './security-context.ts';
import { holdsPodData, isSupported, volumeTypeOf } from './volume-type.ts';

export interface SitePolicy {
  /** The key ExportPodData. */
  readonly exportsPodData: boolean;
}

/** Refuses what this backend can never do for the pod. @throws InterLinkError `failed_precondition` that names each reason */
export function assertRunnable(spec: PodSpec, policy: SitePolicy): void {
  const reasons = [...refuseSettings(spec), ...refuseVolumes(spec, policy), ...refuseContainers(spec)];
  if (reasons.length > 0) {
    throw new InterLinkError('failed_precondition', `Cannot run the pod with Docker: ${reasons.join('; ')}`);
  }
}

function refuseSettings(spec: PodSpec): string[] {
  return refusedSettings(spec).map((setting) => `${setting} is not allowed here`);
}

function refuseVolumes(spec: PodSpec, policy: SitePolicy): string[] {
  const reasons = (spec.volumes ?? [])
    .filter((volume) => !isSupported(volume))
    .map((volume) => `volume ${volume.name} is of type ${volumeTypeOf(volume)}, which is not supported`);
  if (!policy.exportsPodData) {
    const containers = [...(spec.initContainers ?? []), ...spec.containers];
    const mounted = new Set(containers.flatMap(({ volumeMounts }) => (volumeMounts ?? []).map((mount) => mount.name)));
    for (const volume of spec.volumes ?? []) {
      if (mounted.has(volume.name) && holdsPodData(volume)) {
        reasons.push(`volume ${volume.name} holds a ConfigMap or Secret, and ExportPodData is false here`);
      }
    }
  }
  const subPaths = refuseSubPaths(spec);
  return subPaths === undefined ? reasons : [...reasons, subPaths];
}

function refuseContainers(spec: PodSpec): string[] {
  const reasons: string[] = [];
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const name of unsupportedResources(container)) {
      reasons.push(`container ${container.name} asks for ${name}, which is not offered here`);
    }
  }
  return reasons;
}
