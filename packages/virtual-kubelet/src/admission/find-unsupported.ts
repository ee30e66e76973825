import type { Pod } from '@interlink/kube';
import type { Capabilities } from '@interlink/protocol';
import { administratorHint } from './administrator-keys.ts';
import { podRequests } from './pod-requests.ts';

/** What the pod is to have of its node. */
export interface Offer {
  readonly capabilities: Pick<Capabilities, 'volumeTypes' | 'backend'>;
  /** Names of the resources that the node has, even those of which nothing is left. */
  readonly resources: ReadonlySet<string>;
}

/**
 * What a pod asks for that this backend can never give it, in words for the pod's author; undefined when there is nothing. It
 * says what would do instead, where something would.
 */
export function findUnsupported(pod: Pod, { capabilities, resources }: Offer): string | undefined {
  const { kind } = capabilities.backend;
  const problems = [
    ...volumeProblems(pod, capabilities),
    ...blockDevices(pod),
    ...((pod.spec?.resourceClaims ?? []).length > 0 ? ['dynamic resource claims (spec.resourceClaims)'] : []),
    ...missingResources(pod, resources),
  ];
  return problems.length === 0 ? undefined : `The backend (${kind}) does not support ${problems.join('; ')}`;
}

function volumeProblems(pod: Pod, { volumeTypes, backend }: Offer['capabilities']): string[] {
  const supported: ReadonlyArray<string> = volumeTypes;
  const wrong = (pod.spec?.volumes ?? []).flatMap((volume) => {
    const type = volumeType(volume);
    return supported.includes(type) ? [] : [{ type, what: `volume "${volume.name}" of type ${type}` }];
  });
  if (wrong.length === 0) return [];
  const has = supported.length === 0 ? 'no volumes' : `volumes of the types ${supported.join(', ')}`;
  const hint = administratorHint(
    backend.kind,
    wrong.map(({ type }) => type),
  );
  return [`${wrong.map(({ what }) => what).join(', ')} (it has ${has}${hint})`];
}

/** The member that says what a volume is; one without any is an emptyDir. */
function volumeType(volume: object): string {
  const types = Object.entries(volume).filter(([key, value]) => key !== 'name' && value != null);
  return types[0]?.[0] ?? 'emptyDir';
}

function blockDevices(pod: Pod): string[] {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  return containers
    .filter(({ volumeDevices }) => (volumeDevices ?? []).length > 0)
    .map(({ name }) => `raw block devices (volumeDevices of container "${name}")`);
}

/** Native resources are always there; how much of them is the scheduler's concern, and {@link Room}'s. */
function missingResources(pod: Pod, resources: ReadonlySet<string>): string[] {
  return [...podRequests(pod)]
    .filter(([name, amount]) => amount > 0 && /\/|^hugepages-/.test(name) && !resources.has(name))
    .map(([name]) => `resource ${name}: this node has none`);
}
