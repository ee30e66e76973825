import type { Pod } from '@interlink/kube';

/** Where in a pod's spec a container is, as events name it: `spec.containers{main}`. */
export function containerFieldPath({ spec }: Pod, container: string): string {
  const isIn = (list: ReadonlyArray<{ name: string }> | undefined) =>
    list?.some(({ name }) => name === container) === true;
  if (isIn(spec?.initContainers)) return `spec.initContainers{${container}}`;
  return `spec.${isIn(spec?.ephemeralContainers) ? 'ephemeralContainers' : 'containers'}{${container}}`;
}
