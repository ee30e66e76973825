import type { Container, ContainerStatus, Pod } from '@interlink/kube';
import { type ContainerStats, InterLinkError, type NodeStats, type PodStats } from '@interlink/protocol';
import type { PodLookup } from '../kubelet-api/known-pod.ts';
import type { Provider } from '../provider.ts';
import { GrowingSum } from './growing-sum.ts';
import { Rates } from './rates.ts';
import type { ContainerUsage, NodeUsage, PodUsage, Sample, Usage } from './usage.ts';

export interface UsageReaderOptions {
  readonly provider: Pick<Provider, 'stats'>;
  readonly pods: PodLookup;
  /** What this process uses: it is part of a node whose backend tells of its pods only. */
  readonly own: () => { cpuNanoseconds: bigint; residentBytes: number };
  /** Milliseconds since the epoch. Default: the machine's clock. */
  readonly now?: () => number;
}

/** Those who scrape give up after ten seconds: they get an answer before that. */
const timeoutMs = 8_000;

/** Reads what the backend measured, of pods that this node has and containers that they have: all else is not ours to tell of. */
export class UsageReader {
  readonly #options: UsageReaderOptions;
  readonly #now: () => number;
  readonly #rates = new Rates();
  readonly #sum = new GrowingSum();
  #reading: Promise<Usage> | undefined;

  constructor(options: UsageReaderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Whoever asks while a reading is under way gets its result. @throws InterLinkError `unimplemented` when nobody measures */
  async read(): Promise<Usage> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  async #read(): Promise<Usage> {
    const { provider, pods } = this.#options;
    if (provider.stats === undefined) {
      throw new InterLinkError('unimplemented', 'The backend can’t measure what its pods use');
    }
    const stats = await provider.stats(AbortSignal.timeout(timeoutMs));
    const byUid = new Map(stats.pods.map((pod) => [pod.uid, pod]));
    const measured: PodUsage[] = [];
    for (const pod of pods.all()) {
      const found = byUid.get(pod.metadata?.uid ?? '');
      if (found !== undefined) measured.push(this.#toPod(pod, found));
    }
    const node = this.#toNode(stats.node, measured);
    this.#rates.endReading();
    return { node, pods: measured };
  }

  #toPod({ metadata, spec, status }: Pod, stats: PodStats): PodUsage {
    const { namespace = '', name = '', uid = '' } = metadata ?? {};
    const known = [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...(spec?.ephemeralContainers ?? [])];
    const statuses = [
      ...(status?.initContainerStatuses ?? []),
      ...(status?.containerStatuses ?? []),
      ...(status?.ephemeralContainerStatuses ?? []),
    ];
    const containers = stats.containers.flatMap((measured) => {
      const container = known.find((one) => one.name === measured.name);
      if (container === undefined || isNothing(measured) || Number.isNaN(Date.parse(measured.startTime))) return [];
      const found = statuses.find((one) => one.name === measured.name);
      return [this.#toContainer(uid, container, found, measured)];
    });
    const { network, processCount } = stats;
    return {
      ...{ namespace, name, uid, containers, processCount },
      startTimeMs: timeOf(status?.startTime),
      whole:
        stats.whole === undefined || isNothing(stats.whole)
          ? sumOf(containers)
          : this.#toSample(`pod ${uid}`, stats.whole),
      network:
        network === undefined || Number.isNaN(Date.parse(network.time))
          ? undefined
          : { timeMs: Date.parse(network.time), rxBytes: BigInt(network.rxBytes), txBytes: BigInt(network.txBytes) },
    };
  }

  #toContainer(
    uid: string,
    { name, image, resources }: Container,
    status: ContainerStatus | undefined,
    stats: ContainerStats,
  ): ContainerUsage {
    return {
      name,
      image: status?.image ?? image ?? '',
      containerID: status?.containerID ?? '',
      startTimeMs: Date.parse(stats.startTime),
      rootfsBytes: stats.rootfs?.usedBytes,
      logBytes: stats.logs?.usedBytes,
      limits: resources?.limits ?? {},
      requests: resources?.requests ?? {},
      ...this.#toSample(`container ${uid} ${name} ${stats.startTime}`, stats),
    };
  }

  /** The machines' own totals, or all that is known to be used: by the pods, those that have gone included, and by this process. */
  #toNode(stats: NodeStats['node'], pods: ReadonlyArray<PodUsage>): NodeUsage | undefined {
    const parts = new Map<string, bigint>();
    for (const { uid, containers, whole } of pods) {
      if (whole !== undefined && containers.length === 0) parts.set(uid, whole.cpuNanoseconds);
      for (const { name, startTimeMs, cpuNanoseconds } of containers) {
        parts.set(`${uid} ${name} ${startTimeMs}`, cpuNanoseconds);
      }
    }
    const own = this.#options.own();
    const cpuNanoseconds = this.#sum.add(parts.set('own', own.cpuNanoseconds));
    if (stats !== undefined && !isNothing(stats)) {
      const startTimeMs = timeOf(stats.startTime);
      return { startTimeMs, ...this.#toSample('node', stats) };
    }
    const timeMs = this.#now();
    return {
      ...{ startTimeMs: undefined, timeMs, cpuNanoseconds },
      cpuNanoCores: this.#rates.perSecond('node', timeMs, cpuNanoseconds),
      workingSetBytes: pods.reduce((sum, { whole }) => sum + (whole?.workingSetBytes ?? 0), own.residentBytes),
      ...{ usageBytes: undefined, rssBytes: undefined },
    };
  }

  #toSample(key: string, { time, cpu, memory }: Pick<ContainerStats, 'time' | 'cpu' | 'memory'>): Sample {
    const timeMs = Date.parse(time);
    const cpuNanoseconds = BigInt(cpu.usageCoreNanoSeconds);
    return {
      ...{ timeMs, cpuNanoseconds, workingSetBytes: memory.workingSetBytes },
      cpuNanoCores: this.#rates.perSecond(key, timeMs, cpuNanoseconds),
      usageBytes: memory.usageBytes,
      rssBytes: memory.rssBytes,
    };
  }
}

function timeOf(text: string | undefined): number | undefined {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

/** A backend that says 0 has not measured yet; one whose times are none, as `2027-13-01`, can't be believed. */
function isNothing({ time, cpu, memory }: Pick<ContainerStats, 'time' | 'cpu' | 'memory'>): boolean {
  return cpu.usageCoreNanoSeconds === '0' || memory.workingSetBytes === 0 || Number.isNaN(Date.parse(time));
}

/** Undefined when there is nothing to add up. The time is the oldest part's. */
function sumOf(samples: ReadonlyArray<Sample>): Sample | undefined {
  if (samples.length === 0) return undefined;
  const add = <T>(read: (sample: Sample) => T | undefined, plus: (a: T, b: T) => T): T | undefined =>
    samples.map(read).reduce((sum, one) => (sum === undefined || one === undefined ? undefined : plus(sum, one)));
  const numbers = (a: number, b: number) => a + b;
  const bigints = (a: bigint, b: bigint) => a + b;
  return {
    timeMs: Math.min(...samples.map(({ timeMs }) => timeMs)),
    cpuNanoseconds: add((one) => one.cpuNanoseconds, bigints) ?? 0n,
    cpuNanoCores: add((one) => one.cpuNanoCores, bigints),
    workingSetBytes: add((one) => one.workingSetBytes, numbers) ?? 0,
    usageBytes: add((one) => one.usageBytes, numbers),
    rssBytes: add((one) => one.rssBytes, numbers),
  };
}
