import type { Node, Taint } from '@interlink/kube';

/** Names the taints that the node has by its pool, as `key:effect`, for the day that they go. */
export const poolTaintsAnnotation = 'virtual-node.interlink/pool-taints';

/**
 * The change that gives the node its pool's taints and takes away those that the pool told of before. Others' taints stay, also where
 * the pool tells of the same key and effect.
 * @param wanted undefined: the pool does not speak of taints
 * @returns undefined when there is nothing to change
 */
export function poolTaintsPatch(current: Node, wanted: ReadonlyArray<Taint> | undefined): object | undefined {
  if (wanted === undefined) return undefined;
  const present = current.spec?.taints ?? [];
  const before = ownedBy(current);
  const others = present.filter((taint) => !before.includes(identityOf(taint)));
  const taken = others.map(identityOf);
  const ours = wanted.filter((taint) => !taken.includes(identityOf(taint)));
  const taints = [...others, ...ours.map(({ key, value, effect }) => ({ key, effect, ...(value ? { value } : {}) }))];
  const owned = ours.map(identityOf).toSorted();
  if (isSame(taints, present) && JSON.stringify(owned) === JSON.stringify(before)) return undefined;
  const annotation = owned.length === 0 ? null : JSON.stringify(owned);
  const { resourceVersion } = current.metadata ?? {};
  return { metadata: { resourceVersion, annotations: { [poolTaintsAnnotation]: annotation } }, spec: { taints } };
}

function identityOf({ key, effect }: Taint): string {
  return `${key}:${effect}`;
}

function isSame(one: ReadonlyArray<Taint>, other: ReadonlyArray<Taint>): boolean {
  const render = (taints: ReadonlyArray<Taint>) => taints.map((taint) => `${identityOf(taint)}=${taint.value ?? ''}`);
  return JSON.stringify(render(one).toSorted()) === JSON.stringify(render(other).toSorted());
}

/** Anybody may have edited the annotation. */
function ownedBy({ metadata }: Node): string[] {
  try {
    const owned: unknown = JSON.parse(metadata?.annotations?.[poolTaintsAnnotation] ?? '[]');
    return Array.isArray(owned) ? owned.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
