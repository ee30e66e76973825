import { type ContainerState, type Owner, ownerKey, parseOwnerKey } from '@interlink/sidecar-sdk';

/** Every container of ours carries it, nobody else's does: the filter of lists and of the event stream. */
export const uidLabel = 'interlink.eu/pod-uid';

const names = {
  owner: 'interlink.eu/owner',
  namespace: 'interlink.eu/pod-namespace',
  name: 'interlink.eu/pod-name',
  restartPolicy: 'interlink.eu/restart-policy',
  generation: 'interlink.eu/generation',
  outline: 'interlink.eu/outline',
  kind: 'interlink.eu/kind',
  container: 'interlink.eu/container',
  position: 'interlink.eu/position',
  attempt: 'interlink.eu/attempt',
  image: 'interlink.eu/image',
  imageId: 'interlink.eu/image-id',
  last: 'interlink.eu/last-state',
} as const;

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';
export type ContainerKind = 'sandbox' | 'init' | 'container' | 'ephemeral';
type Terminated = NonNullable<ContainerState['terminated']>;

/** One container that the pod is to have. */
export interface OutlineEntry {
  readonly name: string;
  readonly kind: 'init' | 'container' | 'ephemeral';
  /** As the pod's author wrote it. */
  readonly image: string;
}

/** What a restarted sidecar must know of a pod whose request is gone: identity and outline, nothing secret. */
export interface PodLabels {
  readonly owner: Owner;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly restartPolicy: RestartPolicy;
  /** Of the spec that it was created from; 0: not known. */
  readonly generation: number;
  /** Init containers in their order, then the containers in theirs. */
  readonly outline: ReadonlyArray<OutlineEntry>;
}

/** What one container's labels say of it. */
export interface ContainerLabels {
  readonly kind: ContainerKind;
  /** Empty for the sandbox. */
  readonly container: string;
  /** Place in the pod's outline; -1 for the sandbox. */
  readonly position: number;
  readonly attempt: number;
  /** As the pod's author wrote it, where it is not the outline's: after an update. */
  readonly image?: string;
  /** How the container ended that this one replaces. */
  readonly last?: Terminated;
  /** The image's digest or id, as the report gives it. */
  readonly imageId: string;
}

export function renderLabels(pod: PodLabels, container: ContainerLabels): Record<string, string> {
  return {
    [uidLabel]: pod.uid,
    [names.owner]: ownerKey(pod.owner),
    [names.namespace]: pod.namespace,
    [names.name]: pod.name,
    [names.restartPolicy]: pod.restartPolicy,
    [names.generation]: String(pod.generation),
    [names.outline]: JSON.stringify(pod.outline),
    [names.kind]: container.kind,
    [names.container]: container.container,
    [names.position]: String(container.position),
    [names.attempt]: String(container.attempt),
    [names.imageId]: container.imageId,
    // Also when there is nothing to say: what we leave out, the engine takes from the labels of the pod's image.
    [names.image]: container.image ?? '',
    [names.last]: container.last === undefined ? '' : JSON.stringify(container.last),
  };
}

/** The inverse of {@link renderLabels}; undefined for labels that we never wrote. */
export function parseLabels(
  labels: Readonly<Record<string, string>>,
): { pod: PodLabels; container: ContainerLabels } | undefined {
  const kind = kinds.find((candidate) => candidate === labels[names.kind]);
  const uid = labels[uidLabel];
  if (kind === undefined || uid === undefined) return undefined;
  try {
    return {
      pod: {
        owner: parseOwnerKey(labels[names.owner] ?? ''),
        uid,
        namespace: labels[names.namespace] ?? '',
        name: labels[names.name] ?? '',
        restartPolicy: policies.find((candidate) => candidate === labels[names.restartPolicy]) ?? 'Always',
        generation: Number(labels[names.generation] ?? 0),
        outline: JSON.parse(labels[names.outline] ?? '') as OutlineEntry[],
      },
      container: {
        kind,
        container: labels[names.container] ?? '',
        position: Number(labels[names.position] ?? -1),
        attempt: Number(labels[names.attempt] ?? 0),
        imageId: labels[names.imageId] ?? '',
        ...optional('image', labels[names.image] || undefined),
        ...optional('last', parseLast(labels[names.last])),
      },
    };
  } catch {
    return undefined;
  }
}

function parseLast(text: string | undefined): Terminated | undefined {
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as Terminated);
}

function optional<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: T });
}

const kinds: ReadonlyArray<ContainerKind> = ['sandbox', 'init', 'container', 'ephemeral'];
const policies: ReadonlyArray<RestartPolicy> = ['Always', 'OnFailure', 'Never'];
