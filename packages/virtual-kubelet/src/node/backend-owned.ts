import type { Node } from '@interlink/kube';

/** Names the labels and extended resources that the node has by its configuration and its backend, for the day that they go. */
export const ownedAnnotation = 'virtual-node.interlink/owned';

interface Owned {
  readonly labels: ReadonlyArray<string>;
  readonly resources: ReadonlyArray<string>;
}

/**
 * The node as it is to be, with what others gave it: their labels, annotations and extended resources stay; what was ours and is
 * no more goes, an extended resource by becoming 0, as a kubelet does when a device plugin is gone.
 * @param wanted the node as we would make it
 * @param ours labels among the wanted that may go again one day
 */
export function withOthers(current: Node, wanted: Node, ours: ReadonlyArray<string>): Node {
  const before = ownedBy(current);
  const resources = Object.keys(wanted.status?.capacity ?? {}).filter((name) => name.includes('/'));
  const lost = before.labels.filter((key) => wanted.metadata?.labels?.[key] === undefined);
  const { [ownedAnnotation]: _owned, ...annotations } = current.metadata?.annotations ?? {};
  const isNothing = ours.length === 0 && resources.length === 0;
  const owned: Owned = { labels: ours.toSorted(), resources: resources.toSorted() };
  return {
    ...current,
    metadata: {
      ...current.metadata,
      labels: { ...without(current.metadata?.labels, lost), ...wanted.metadata?.labels },
      annotations: isNothing ? annotations : { ...annotations, [ownedAnnotation]: JSON.stringify(owned) },
    },
    status: {
      ...current.status,
      ...wanted.status,
      capacity: { ...othersResources(current.status?.capacity, before), ...wanted.status?.capacity },
      allocatable: { ...othersResources(current.status?.allocatable, before), ...wanted.status?.allocatable },
    },
  };
}

function othersResources(quantities: Readonly<Record<string, string>> = {}, before: Owned): Record<string, string> {
  return Object.fromEntries(
    Object.entries(quantities)
      .filter(([name]) => name.includes('/'))
      .map(([name, quantity]) => [name, before.resources.includes(name) ? '0' : quantity]),
  );
}

/** Anybody may have edited the annotation. */
function ownedBy({ metadata }: Node): Owned {
  try {
    const { labels, resources } = JSON.parse(metadata?.annotations?.[ownedAnnotation] ?? '{}') as Record<
      string,
      unknown
    >;
    return { labels: textsOf(labels), resources: textsOf(resources) };
  } catch {
    return { labels: [], resources: [] };
  }
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function without(labels: Readonly<Record<string, string>> = {}, keys: ReadonlyArray<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !keys.includes(key)));
}
