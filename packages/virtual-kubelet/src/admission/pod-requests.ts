import { type Pod, quantityToBytes, quantityToMillis } from '@interlink/kube';

/** Amounts by resource name, as the scheduler counts: cpu in thousandths of a core, everything else in whole units (bytes, devices). */
export type Amounts = ReadonlyMap<string, number>;

type Quantities = Readonly<Record<string, string>>;
interface Requesting {
  readonly restartPolicy?: string | undefined;
  readonly resources?: { readonly requests?: Quantities | undefined } | undefined;
}

/** Resources that `spec.resources` may ask for on behalf of the whole pod. */
const podLevel = /^(cpu|memory|hugepages-.+)$/;

/**
 * What a pod asks for in all: its containers and native sidecars together, or an init container with the sidecars started before
 * it when that is more; what the pod itself asks for goes before that; the runtime class's overhead comes on top.
 * @see https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/component-helpers/resource/helpers.go `PodRequests`
 */
export function podRequests({ spec }: Pod): Amounts {
  const sidecars = new Map<string, number>();
  const largest = new Map<string, number>();
  for (const container of (spec?.initContainers ?? []) as Requesting[]) {
    const own = toAmounts(container.resources?.requests);
    if (container.restartPolicy === 'Always') addTo(sidecars, own);
    const atThatTime = new Map(sidecars);
    if (container.restartPolicy !== 'Always') addTo(atThatTime, own);
    for (const [name, amount] of atThatTime) largest.set(name, Math.max(largest.get(name) ?? 0, amount));
  }
  const sum = new Map(sidecars);
  for (const container of spec?.containers ?? []) addTo(sum, toAmounts(container.resources?.requests));
  for (const [name, amount] of largest) sum.set(name, Math.max(sum.get(name) ?? 0, amount));
  for (const [name, amount] of toAmounts(spec?.resources?.requests)) if (podLevel.test(name)) sum.set(name, amount);
  addTo(sum, toAmounts(spec?.overhead));
  return sum;
}

/** @throws Error naming the value that is no quantity */
export function toAmounts(quantities: Quantities | undefined): Map<string, number> {
  return new Map(
    Object.entries(quantities ?? {}).map(([name, quantity]) => [
      name,
      name === 'cpu' ? quantityToMillis(quantity) : quantityToBytes(quantity),
    ]),
  );
}

function addTo(sum: Map<string, number>, more: Amounts): void {
  for (const [name, amount] of more) sum.set(name, (sum.get(name) ?? 0) + amount);
}
