import type { Pod } from '@interlink/kube';

/** A pod as people name it, in log lines above all: `namespace/name`. */
export function podName({ metadata }: Pod): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}
