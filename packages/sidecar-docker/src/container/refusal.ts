import { InterLinkError, type PodSpec } from '@interlink/sidecar-sdk';
import type { VolumePolicy } from '../volumes/volume-base.ts';
import { unsupportedResources } from './resources.ts';
import { refusedSettings } from './security-context.ts';

export interface SitePolicy extends VolumePolicy {
  /** The key ExportPodData. */
  readonly exportsPodData: boolean;
}

/** Refuses what this backend can never do for the pod, its volumes aside. @throws InterLinkError `failed_precondition` that names each reason */
export function assertRunnable(spec: PodSpec): void {
  const reasons = [...refuseSettings(spec), ...refuseContainers(spec)];
  if (reasons.length > 0) {
    throw new InterLinkError('failed_precondition', `Cannot run the pod with Docker: ${reasons.join('; ')}`);
  }
}

function refuseSettings(spec: PodSpec): string[] {
  return refusedSettings(spec).map((setting) => `${setting} is not allowed here`);
}

function refuseContainers(spec: PodSpec): string[] {
  const reasons: string[] = [];
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const name of unsupportedResources(container)) {
      reasons.push(`container ${container.name} asks for ${name}, which is not offered here`);
    }
    if (container.restartPolicy !== undefined) {
      reasons.push(`container ${container.name} has a restartPolicy of its own, which is not supported yet`);
    }
  }
  return reasons;
}
