import type { Pod } from '@interlink/kube';
import type { PodReport } from '@interlink/protocol';

/** Takes seconds. */
interface Observer {
  observe(seconds: number): void;
}

export interface StartObservers {
  readonly sinceSeen: Observer;
  readonly sli: Observer;
  readonly total: Observer;
}

interface Start {
  readonly createdMs: number;
  readonly seenMs: number;
  pullBeginMs: number | undefined;
  pullEndMs: number | undefined;
}

/**
 * Times how long pods take to start, of those that this process has seen from their beginning.
 * @see https://github.com/kubernetes/community/blob/master/sig-scalability/slos/pod_startup_latency.md
 */
export class PodStarts {
  readonly #observers: StartObservers;
  readonly #now: () => number;
  readonly #starts = new Map<string, Start>();
  readonly #known = new Set<string>();

  /** @param now milliseconds since the epoch; default: the machine's clock */
  constructor(observers: StartObservers, now: () => number = Date.now) {
    this.#observers = observers;
    this.#now = now;
  }

  /** A pod is there, new or not. */
  seen(uid: string, { metadata, status }: Pod): void {
    if (this.#known.has(uid)) return;
    this.#known.add(uid);
    const hasBegun = (status?.containerStatuses ?? []).length > 0 || (status?.phase ?? 'Pending') !== 'Pending';
    if (hasBegun || metadata?.creationTimestamp === undefined) return;
    const createdMs = Date.parse(metadata.creationTimestamp);
    this.#starts.set(uid, { createdMs, seenMs: this.#now(), pullBeginMs: undefined, pullEndMs: undefined });
  }

  /** The backend has told of something that happens with the pod. */
  event(uid: string, reason: string): void {
    const start = this.#starts.get(uid);
    if (start === undefined) return;
    if (reason === 'Pulling') start.pullBeginMs ??= this.#now();
    if (reason === 'Pulled') start.pullEndMs = this.#now();
  }

  /** The pod's newest report has been taken note of. */
  reported(uid: string, report: PodReport | undefined): void {
    const start = this.#starts.get(uid);
    if (start === undefined || report === undefined) return;
    const { containerStatuses } = report.status;
    const hasStarted = containerStatuses.every(({ state }) => state.running ?? state.terminated);
    if (!hasStarted || containerStatuses.length === 0) return;
    this.#starts.delete(uid);
    const now = this.#now();
    const pullMs = (start.pullEndMs ?? 0) - (start.pullBeginMs ?? start.pullEndMs ?? 0);
    const totalMs = Math.max(0, now - start.createdMs);
    this.#observers.sinceSeen.observe(Math.max(0, now - start.seenMs) / 1_000);
    this.#observers.total.observe(totalMs / 1_000);
    this.#observers.sli.observe(Math.max(0, totalMs - Math.max(0, pullMs) - initMs(report)) / 1_000);
  }

  /** Nothing is left of the pod. */
  forget(uid: string): void {
    this.#known.delete(uid);
    this.#starts.delete(uid);
  }
}

/** From the first init container's start to the last one's end. */
function initMs({ status }: PodReport): number {
  const ended = (status.initContainerStatuses ?? []).flatMap(({ state }) => state.terminated ?? []);
  const times = (read: (one: (typeof ended)[number]) => string | undefined) =>
    ended.flatMap((one) => {
      const text = read(one);
      return text === undefined ? [] : [Date.parse(text)];
    });
  const begin = Math.min(...times(({ startedAt }) => startedAt));
  const end = Math.max(...times(({ finishedAt }) => finishedAt));
  return Number.isFinite(begin) && Number.isFinite(end) ? Math.max(0, end - begin) : 0;
}
