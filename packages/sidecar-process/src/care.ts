import { type ContainerCare, healthy } from '@interlink/sidecar-sdk';

/** No probes and no hooks: what runs is healthy. */
export const uncaring: ContainerCare = {
  watch: () => undefined,
  unwatch: () => undefined,
  healthOf: () => healthy,
  runHook: async () => undefined,
};
