import { InterLinkError, type Pod, type PodSpec } from '@interlink/sidecar-sdk';
import { refuseDevices } from '../devices/wanted-devices.ts';
import { fieldExaminer } from '../fields/all-fields.ts';
import { refuseFlags } from '../flags/pod-flags.ts';
import { refuseHostname } from '../sandbox/pod-hostname.ts';
import { refuseSysctls } from '../sandbox/sysctls.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { unsupportedResources } from './resources.ts';
import { refuseStrictGroups } from './security-context.ts';
import { refuseProfiles } from './security-profiles.ts';

/** Refuses what this backend can never do for the pod, its volumes aside. @throws InterLinkError `failed_precondition` that names each reason */
export function assertRunnable(pod: Pod, policy: SitePolicy): void {
  const { spec } = pod;
  const sysctl = refuseSysctls(spec, policy.site.unsafeSysctls);
  const reasons = [
    ...(sysctl === undefined ? [] : [sysctl]),
    ...fieldExaminer.examine(spec, policy).refusals,
    ...refuseSettings(pod, policy),
    ...refuseResources(pod, policy),
  ];
  if (reasons.length > 0) {
    throw new InterLinkError('failed_precondition', `Cannot run the pod with Docker: ${reasons.join('; ')}`, {
      ...(sysctl === undefined ? {} : { reason: 'SysctlForbidden' }),
    });
  }
}

/** What the table of fields can't tell by a single field. */
function refuseSettings(pod: Pod, policy: SitePolicy): string[] {
  const { metadata, spec } = pod;
  const hostname = refuseHostname(spec, metadata, policy.site.clusterDomain);
  const runtime = refuseRuntime(spec, policy);
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return [
    ...(hostname === undefined ? [] : [hostname]),
    ...(runtime === undefined ? [] : [runtime]),
    ...refuseFlags(pod, policy.site),
    ...containers.flatMap((container) => refuseStrictGroups(container, spec) ?? []),
    ...containers.flatMap((container) => refuseProfiles(container, pod, policy)),
  ];
}

function refuseRuntime({ runtimeClassName: name }: PodSpec, { engine }: SitePolicy): string | undefined {
  if (name === undefined || name === '' || engine.runtimes.includes(name)) return undefined;
  return `runtimeClassName is ${JSON.stringify(name)}: the engine has the runtimes ${engine.runtimes.join(', ')}`;
}

function refuseResources({ spec }: Pod, { site }: SitePolicy): string[] {
  return [...(spec.initContainers ?? []), ...spec.containers].flatMap((container) => [
    ...unsupportedResources(container).map(
      (name) => `container ${container.name} asks for ${name}, which is not offered here`,
    ),
    ...refuseDevices(container, site.resources),
  ]);
}
