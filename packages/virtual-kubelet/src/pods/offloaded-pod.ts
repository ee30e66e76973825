import type { Pod } from '@interlink/kube';

/** Containers, and init containers, that are not to be run by the backend: names, separated by commas or blanks. */
const annotations = {
  containers: 'interlink.eu/disable-offload-containers',
  initContainers: 'interlink.eu/disable-offload-init-containers',
} as const;
type List = keyof typeof annotations;

export interface OffloadedPod {
  /** The pod with those containers that the backend runs. */
  readonly pod: Pod;
  /** Names of those that it does not. */
  readonly leftOut: ReadonlySet<string>;
  /** Names in the annotations that the pod has no container of. */
  readonly unknown: ReadonlyArray<string>;
}

/** What of a pod its backend is told of. Others run the rest, or nobody does: it counts for nothing in the pod's phase. */
export function offloadedPod(pod: Pod): OffloadedPod {
  const named = { containers: namesIn(pod, 'containers'), initContainers: namesIn(pod, 'initContainers') };
  if (named.containers.size === 0 && named.initContainers.size === 0) return { pod, leftOut: new Set(), unknown: [] };
  const leftOut = new Set<string>();
  const kept = (list: List) =>
    (pod.spec?.[list] ?? []).filter(({ name }) => {
      if (named[list].has(name)) leftOut.add(name);
      return !named[list].has(name);
    });
  const spec = {
    ...pod.spec,
    containers: kept('containers'),
    ...(pod.spec?.initContainers === undefined ? {} : { initContainers: kept('initContainers') }),
  };
  const unknown = [...named.containers, ...named.initContainers].filter((name) => !leftOut.has(name));
  return { pod: { ...pod, spec }, leftOut, unknown };
}

function namesIn({ metadata }: Pod, list: List): Set<string> {
  const text = metadata?.annotations?.[annotations[list]] ?? '';
  return new Set(text.split(/[\s,]+/).filter((name) => name !== ''));
}
