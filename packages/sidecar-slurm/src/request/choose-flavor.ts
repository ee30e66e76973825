import { asksForGpus } from '../flags/merge-flags.ts';
import type { Flavor, Flavors } from '../site/flavors.ts';
import { type GpuRequest, gpusPerNode } from './gpus.ts';
import type { PodAnnotations } from './pod-annotations.ts';

/**
 * The flavor that the pod names; else, for a pod with GPUs, the one whose options ask for such GPUs, best for as many; else the
 * default one.
 */
export function chooseFlavor(
  annotations: PodAnnotations,
  wanted: GpuRequest,
  { all, byDefault }: Flavors,
): Flavor | undefined {
  const name = annotations.text('flavor')?.trim();
  if (name !== undefined && name !== '') {
    const named = all.get(name);
    if (named !== undefined) return named;
    const known = all.size === 0 ? 'this site has none' : `this site has ${[...all.keys()].join(', ')}`;
    annotations.problems.push(
      `annotation ${annotations.fullName('flavor')}: ${JSON.stringify(name)} is no flavor: ${known}`,
    );
    return undefined;
  }
  return wanted.count > 0 ? (matchGpus(wanted, all.values()) ?? byDefault) : byDefault;
}

function matchGpus(wanted: GpuRequest, flavors: Iterable<Flavor>): Flavor | undefined {
  const fitting = [...flavors].flatMap((flavor) => {
    if (!asksForGpus(flavor.flags)) return [];
    const gpus = gpusPerNode(flavor.flags);
    const isOfOtherType =
      wanted.type !== undefined && gpus.some(({ type }) => type !== undefined && type !== wanted.type);
    if (isOfOtherType) return [];
    const isOfType = gpus.some(({ type }) => type !== undefined && type === wanted.type);
    const isAsMany = gpus.some(({ count }) => count === wanted.count);
    return [{ flavor, score: (isOfType ? 2 : 0) + (isAsMany ? 1 : 0) }];
  });
  return fitting.toSorted((a, b) => b.score - a.score)[0]?.flavor;
}
