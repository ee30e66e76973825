import { type Container, type PodSpec, parseQuantity, recordOf, stringOf } from '@interlink/sidecar-sdk';

/** What all containers of a pod need together. */
export interface PodTotals {
  /** Whole CPUs; undefined: nobody says. */
  readonly cpus: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly gpus: number;
}

export const gpuKinds = ['nvidia.com/gpu', 'amd.com/gpu'] as const;
const supported: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage', ...gpuKinds]);
const mebibyte = 2 ** 20;

/**
 * Init containers run one by one, sidecars among them go on: the most of each init container with the sidecars before it, and of all
 * main containers with all sidecars. A container's limit goes before its request, since the job's limit is all that it meets.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function toPodTotals(spec: PodSpec): PodTotals {
  const milliCpus = atPodLevel(spec, 'cpu', toMilli) ?? together(spec, 'cpu', toMilli);
  const bytes = atPodLevel(spec, 'memory') ?? together(spec, 'memory');
  return {
    cpus: milliCpus === undefined ? undefined : Math.ceil(milliCpus / 1_000),
    memoryMiB: bytes === undefined ? undefined : Math.ceil(bytes / mebibyte),
    gpus: gpuKinds.reduce((sum, kind) => sum + (together(spec, kind) ?? 0), 0),
  };
}

/** Resources that no job can be given, or not in this number. */
export function refuseResources(spec: PodSpec): string[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const each = containers.flatMap(({ name: container, resources }) => {
    const named = Object.entries({ ...resources?.requests, ...resources?.limits });
    return named.flatMap(([name, quantity]) => {
      const asks = `container ${container} asks for ${quantity} ${name}`;
      const amount = parseQuantity(quantity);
      if (!supported.has(name)) return [`${asks}, which is not offered here`];
      const isCounted = (gpuKinds as ReadonlyArray<string>).includes(name);
      if (amount === undefined || amount < 0 || (isCounted && !Number.isSafeInteger(amount))) {
        return [`${asks}: ${isCounted ? 'a whole number' : 'a quantity'} is wanted`];
      }
      return [];
    });
  });
  const kinds = gpuKinds.filter((kind) => (together(spec, kind) ?? 0) > 0);
  return kinds.length > 1 ? [...each, `the pod asks for GPUs of two kinds (${kinds.join(', ')})`] : each;
}

type Conversion = (amount: number) => number;

/** Thousandths, so that sums are exact: 0.1 and 0.2 make 0.3. */
function toMilli(cpus: number): number {
  return Math.ceil(Number((cpus * 1_000).toPrecision(12)));
}

function together(spec: PodSpec, name: string, convert?: Conversion): number | undefined {
  let peak: number | undefined;
  let running: number | undefined;
  for (const container of spec.initContainers ?? []) {
    const own = amountOf(container, name, convert);
    peak = most(peak, sum(running, own));
    if (container.restartPolicy === 'Always') running = sum(running, own);
  }
  for (const container of spec.containers) running = sum(running, amountOf(container, name, convert));
  return most(peak, running);
}

/** Kubernetes' resources of a whole pod: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification */
function atPodLevel(spec: PodSpec, name: string, convert?: Conversion): number | undefined {
  const { limits, requests } = recordOf(recordOf(spec).resources);
  return toAmount(stringOf(recordOf(limits)[name]) ?? stringOf(recordOf(requests)[name]), convert);
}

function amountOf({ resources }: Container, name: string, convert?: Conversion): number | undefined {
  return toAmount(resources?.limits?.[name] ?? resources?.requests?.[name], convert);
}

/** Zero is as good as nothing: Kubernetes takes it for "no limit". */
function toAmount(quantity: string | undefined, convert: Conversion = (amount) => amount): number | undefined {
  const amount = quantity === undefined ? undefined : parseQuantity(quantity);
  return amount === undefined || amount <= 0 ? undefined : convert(amount);
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : a + b;
}

function most(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
