import type { Pod } from '@interlink/protocol';

/** A pod as it is asked for again and again: without its variables, among whose values are those of Secrets. */
export function withoutValues(pod: Pod): Pod {
  const { initContainers, containers, ...spec } = pod.spec;
  return {
    ...pod,
    spec: {
      ...spec,
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(bare) }),
      containers: containers.map(bare),
    },
  };
}

function bare<C extends { readonly env?: unknown }>({ env: _, ...container }: C): Omit<C, 'env'> {
  return container;
}
