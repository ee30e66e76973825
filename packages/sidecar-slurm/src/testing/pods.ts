import type { Container, Owner, Pod, PodRequest } from '@interlink/sidecar-sdk';

export const owner: Owner = { cluster: 'c1', node: 'vk' };

export interface PodParts {
  readonly spec?: object;
  /** Of the only container. */
  readonly container?: object;
  readonly containers?: ReadonlyArray<object>;
  readonly initContainers?: ReadonlyArray<object>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A pod of the least there can be, with these parts. */
export function podWith(parts: PodParts = {}): Pod {
  const { spec, container, containers = [container ?? {}], initContainers = [], annotations, labels } = parts;
  const named = (letter: string) => (one: object, index: number) =>
    ({ name: `${letter}${index}`, image: 'busybox', ...one }) as Container;
  return {
    metadata: {
      ...{ name: 'p', namespace: 'ns', uid: '00000000-0000-0000-0000-000000000001' },
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(labels === undefined ? {} : { labels: { ...labels } }),
    },
    spec: { containers: containers.map(named('c')), initContainers: initContainers.map(named('i')), ...spec },
  };
}

export function requestOf(parts: PodParts = {}): PodRequest {
  return { pod: podWith(parts), volumes: [] };
}

/** A container that asks for these, as limits. */
export function limits(resources: Readonly<Record<string, string>>, more: object = {}): object {
  return { resources: { limits: resources }, ...more };
}
