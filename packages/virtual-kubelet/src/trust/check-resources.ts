import { parseQuantity } from '@interlink/kube';
import type { ContainerStatus } from '@interlink/protocol';

/** Of one container: more resources than any has. */
const maxResources = 16;
const maxNameLength = 253;
const maxQuantityLength = 32;

type ResourceList = NonNullable<ContainerStatus['allocatedResources']>;

/** What a container's resources are said to be, with nothing in it but quantities that the Kubernetes API takes. */
export function checkResources({
  resources,
  allocatedResources,
}: ContainerStatus): Pick<ContainerStatus, 'resources' | 'allocatedResources'> {
  return {
    ...(resources === undefined
      ? {}
      : { resources: { ...list('limits', resources.limits), ...list('requests', resources.requests) } }),
    ...list('allocatedResources', allocatedResources),
  };
}

function list<K extends string>(key: K, quantities: ResourceList | undefined): { [key in K]?: ResourceList } {
  if (quantities === undefined) return {};
  const kept = Object.entries(quantities).filter(
    ([name, quantity]) => name.length <= maxNameLength && quantity.length <= maxQuantityLength && isQuantity(quantity),
  );
  return { [key]: Object.fromEntries(kept.slice(0, maxResources)) } as { [key in K]: ResourceList };
}

function isQuantity(text: string): boolean {
  try {
    return parseQuantity(text) >= 0;
  } catch {
    return false;
  }
}
