import { type Container, type Owner, ownerKey, type PodSpec, parseOwnerKey } from '@interlink/sidecar-sdk';

/** Every container of ours carries it, nobody else's does: the filter of lists and of the event stream. */
export const uidLabel = 'interlink.eu/pod-uid';

const names = {
  owner: 'interlink.eu/owner',
  namespace: 'interlink.eu/pod-namespace',
  name: 'interlink.eu/pod-name',
  generation: 'interlink.eu/generation',
  spec: 'interlink.eu/lifecycle',
  kind: 'interlink.eu/kind',
  container: 'interlink.eu/container',
  position: 'interlink.eu/position',
  attempt: 'interlink.eu/attempt',
  failuresBefore: 'interlink.eu/failures-before',
  image: 'interlink.eu/image',
  imageId: 'interlink.eu/image-id',
  ephemeral: 'interlink.eu/ephemeral',
  devices: 'interlink.eu/devices',
  hostConfig: 'interlink.eu/host-config',
} as const;

export type ContainerKind = 'sandbox' | 'init' | 'container' | 'ephemeral';

/** What a restarted sidecar must know of a pod whose request is gone, nothing of it secret. */
export interface PodLabels {
  readonly owner: Owner;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Of the spec that it was created from; 0: not known. */
  readonly generation: number;
  /** What its lifecycle needs: {@link toLifecycleSpec}. */
  readonly spec: PodSpec;
}

/** What one container's labels say of it. */
export interface ContainerLabels {
  readonly kind: ContainerKind;
  /** Empty for the sandbox. */
  readonly container: string;
  /** Place in the pod's spec; -1 for the sandbox. */
  readonly position: number;
  readonly attempt: number;
  /** How many attempts in a row ended soon before this one. */
  readonly failuresBefore: number;
  /** As the pod's author wrote it. */
  readonly image: string;
  /** Of an ephemeral container, which no spec that outlives this process names. */
  readonly ephemeral?: Container;
  /** GPUs of its own: `nvidia.com/gpu=0`. */
  readonly devices?: ReadonlyArray<string>;
  /** The image's digest or id, as the report gives it. */
  readonly imageId: string;
}

export function renderLabels(pod: PodLabels, container: ContainerLabels): Record<string, string> {
  return {
    [uidLabel]: pod.uid,
    [names.owner]: ownerKey(pod.owner),
    [names.namespace]: pod.namespace,
    [names.name]: pod.name,
    [names.generation]: String(pod.generation),
    [names.spec]: JSON.stringify(pod.spec),
    [names.kind]: container.kind,
    [names.container]: container.container,
    [names.position]: String(container.position),
    [names.attempt]: String(container.attempt),
    [names.failuresBefore]: String(container.failuresBefore),
    [names.image]: container.image,
    [names.imageId]: container.imageId,
    // Also when there is nothing to say: what we leave out, the engine takes from the labels of the pod's image.
    [names.ephemeral]: container.ephemeral === undefined ? '' : JSON.stringify(container.ephemeral),
    ...renderDevicesLabel(container.devices ?? []),
    ...renderHostConfigLabel(undefined),
  };
}

/** How a container was made, for an engine that does not show it. */
export function renderHostConfigLabel(config: object | undefined): Record<string, string> {
  return { [names.hostConfig]: config === undefined ? '' : JSON.stringify(config) };
}

/** The inverse; undefined where the engine shows it itself. */
export function parseHostConfigLabel(labels: Readonly<Record<string, string>>): object | undefined {
  const text = labels[names.hostConfig] ?? '';
  return text === '' ? undefined : (JSON.parse(text) as object);
}

/** The one label that is known only when the container is made. */
export function renderDevicesLabel(devices: ReadonlyArray<string>): Record<string, string> {
  return { [names.devices]: devices.join(',') };
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
        generation: Number(labels[names.generation] ?? 0),
        spec: JSON.parse(labels[names.spec] ?? '') as PodSpec,
      },
      container: {
        kind,
        container: labels[names.container] ?? '',
        position: Number(labels[names.position] ?? -1),
        attempt: Number(labels[names.attempt] ?? 0),
        failuresBefore: Number(labels[names.failuresBefore] ?? 0),
        image: labels[names.image] ?? '',
        imageId: labels[names.imageId] ?? '',
        ...parseEphemeral(labels[names.ephemeral]),
        ...parseDevices(labels[names.devices]),
      },
    };
  } catch {
    return undefined;
  }
}

/** Whether the container is one of ours, although {@link parseLabels} may not understand its labels. */
export function isOurs(labels: Readonly<Record<string, string>>): boolean {
  return labels[uidLabel] !== undefined && kinds.some((kind) => kind === labels[names.kind]);
}

/** Whose pod a container belongs to, by labels that {@link parseLabels} does not understand; undefined when they don't say. */
export function parseIdentity(labels: Readonly<Record<string, string>>): PodLabels | undefined {
  const { [uidLabel]: uid, [names.namespace]: namespace, [names.name]: name, [names.owner]: owner } = labels;
  if (uid === undefined || namespace === undefined || name === undefined || owner === undefined) return undefined;
  try {
    return { owner: parseOwnerKey(owner), uid, namespace, name, generation: 0, spec: { containers: [] } };
  } catch {
    return undefined;
  }
}

function parseEphemeral(text: string | undefined): { ephemeral?: Container } {
  return text === undefined || text === '' ? {} : { ephemeral: JSON.parse(text) as Container };
}

function parseDevices(text: string | undefined): { devices?: string[] } {
  return text === undefined || text === '' ? {} : { devices: text.split(',') };
}

const kinds: ReadonlyArray<ContainerKind> = ['sandbox', 'init', 'container', 'ephemeral'];
