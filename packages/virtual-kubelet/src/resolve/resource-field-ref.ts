import { type Pod, quantityToBytes, quantityToMillis, type ResourceFieldSelector } from '@interlink/kube';
import type { NodeFacts } from './node-facts.ts';
import { Unresolvable } from './resolve-error.ts';

/** Resources whose limit, when a container has none, is what the pod or the node has. Huge pages always have a limit. */
const DEFAULTED = new Set(['cpu', 'memory', 'ephemeral-storage']);

/**
 * The value of a `resourceFieldRef`: the container's limit or request in units of the divisor, rounded up.
 * @param containerName of the container meant when the reference names none
 * @throws Unresolvable for a container or resource that is not there to be asked for
 * @see https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#downwardapi-resourceFieldRef
 */
export function resourceFieldValue(
  reference: ResourceFieldSelector,
  pod: Pod,
  node: NodeFacts,
  containerName: string,
): string {
  const [, side, resource = ''] =
    /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/.exec(reference.resource) ?? [];
  if (side === undefined) throw new Unresolvable(`unsupported container resource : ${reference.resource}`);
  const wanted = reference.containerName || containerName;
  const container = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(
    ({ name }) => name === wanted,
  );
  if (container === undefined) throw new Unresolvable(`container ${wanted} not found`);
  const own = container.resources?.[side === 'limits' ? 'limits' : 'requests']?.[resource] ?? '0';
  const inherited = pod.spec?.resources?.limits?.[resource] ?? node.allocatable[resource] ?? '0';
  const useInherited = side === 'limits' && DEFAULTED.has(resource) && quantityToMillis(own) === 0;
  return String(inUnitsOf(reference.divisor ?? '0', useInherited ? inherited : own, resource));
}

function inUnitsOf(divisor: string, quantity: string, resource: string): number {
  const value = resource === 'cpu' ? quantityToMillis : quantityToBytes;
  const unit = quantityToMillis(divisor) === 0 ? '1' : divisor;
  return Math.ceil(value(quantity) / value(unit));
}
