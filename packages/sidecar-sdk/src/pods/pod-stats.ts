import { type PodStats as Measured, type NodeStats, type Owner, ownerKey, type PodReport } from '@interlink/protocol';
import type { Backend } from '../backend.ts';
import { cannot } from './cannot.ts';

/** However many ask, the backend measures an owner's pods once in this time. */
const keptMs = 2_000;

interface Reading {
  readonly stats: Promise<NodeStats>;
  readonly untilMs: number;
}

/** What an owner's pods use, before a backend that measures or does not: only pods that are the owner's, only containers that run. */
export class PodStats {
  readonly #backend: Backend;
  readonly #reportsOf: (owner: Owner) => PodReport[];
  readonly #nowMs: () => number;
  readonly #readings = new Map<string, Reading>();

  /** @param reportsOf the newest reports of the owner's pods @param nowMs a clock; default: the process' monotonic one */
  constructor(backend: Backend, reportsOf: (owner: Owner) => PodReport[], nowMs = () => performance.now()) {
    this.#backend = backend;
    this.#reportsOf = reportsOf;
    this.#nowMs = nowMs;
  }

  /** @throws InterLinkError `unimplemented` when the backend can't measure */
  async of(owner: Owner): Promise<NodeStats> {
    const { stats } = this.#backend;
    if (stats === undefined) throw await cannot(this.#backend, 'measure what its pods use');
    // Before anything is measured: whoever asks for an owner without pods costs nothing but the node's totals.
    const reports = new Map(this.#reportsOf(owner).map((report) => [report.uid, report]));
    const { node, pods } = await this.#reading(owner, async () => await stats.call(this.#backend, owner));
    return { ...(node === undefined ? {} : { node }), pods: pods.flatMap((pod) => keep(pod, reports.get(pod.uid))) };
  }

  async #reading(owner: Owner, read: () => Promise<NodeStats>): Promise<NodeStats> {
    const key = ownerKey(owner);
    const nowMs = this.#nowMs();
    const known = this.#readings.get(key);
    if (known !== undefined && nowMs < known.untilMs) return await known.stats;
    for (const [other, { untilMs }] of this.#readings) if (nowMs >= untilMs) this.#readings.delete(other);
    const reading = { stats: read(), untilMs: nowMs + keptMs };
    this.#readings.set(key, reading);
    try {
      return await reading.stats;
    } catch (error) {
      if (this.#readings.get(key) === reading) this.#readings.delete(key);
      throw error;
    }
  }
}

/** The report knows whose pod it is and what runs of it. */
function keep(measured: Measured, report: PodReport | undefined): Measured[] {
  if (report === undefined) return [];
  const { uid, namespace, name, status } = report;
  const running = new Set(
    [...(status.initContainerStatuses ?? []), ...status.containerStatuses]
      .filter(({ state }) => state.running !== undefined)
      .map((container) => container.name),
  );
  const containers = measured.containers.filter((container) => running.has(container.name));
  return [{ ...measured, uid, namespace, name, containers }];
}
