import { InterLinkError, type Pod, type PodReport } from '@interlink/protocol';
import { createLogger } from '@interlink/service-kit';
import { V1Backend, type V1BackendOptions } from '../sidecar/v1-backend.ts';
import type { CreateOutcome } from '../sidecar/v1-client.ts';
import { firstReport } from '../sidecar/v1-first-report.ts';

/** What comes of the next create: what the caller sees, and whether, and how much later, there is a job. */
export interface SimulatedCreate {
  readonly outcome: 'taken' | 'unsent' | 'refused' | 'unclear';
  readonly jobAfterMs: number | undefined;
}

/** How a plugin answers `/status` for a pod that it does not know. */
export type OnUnknown = 'leaves it out' | 'fails' | 'says not found' | 'names it without containers';

/** A v1 plugin in memory, with a clock of its own: it makes a job for each create that has an effect, however many that are. */
export class SimulatedPlugin implements Pick<V1BackendOptions['client'], 'create' | 'status' | 'ping' | 'delete'> {
  nowMs = 1_800_000_000_000;
  next: SimulatedCreate = { outcome: 'taken', jobAfterMs: 0 };
  /** Answers nothing, or everything with an error. */
  mood: 'well' | 'silent' | 'ill' = 'well';
  /** How long a job waits in its queue, and is named in `/status` without containers. */
  queueMs = 0;
  /** Requests, each with the names of the pods that it is about. */
  readonly asked: string[] = [];
  readonly #onUnknown: OnUnknown;
  readonly #jobs: Array<{ pod: Pod; fromMs: number }> = [];

  constructor(onUnknown: OnUnknown = 'leaves it out') {
    this.#onUnknown = onUnknown;
  }

  /** InterLink's side of it, as it starts now. */
  backend(settleMs: number): V1Backend {
    return new V1Backend({
      client: { ...this.#calls(), logs: async () => await Promise.reject(new Error('no logs')) },
      ...{ logger: createLogger('test', 'silent'), settleMs, exportsPodData: true },
      now: () => this.nowMs,
    });
  }

  /** Of this pod, those too that come yet. */
  jobsOf(uid: string): number {
    return this.#jobs.filter(({ pod }) => pod.metadata.uid === uid).length;
  }

  /** The job goes, as if it had never been. */
  lose(uid: string): void {
    for (const job of this.#jobs.filter(({ pod }) => pod.metadata.uid === uid)) {
      this.#jobs.splice(this.#jobs.indexOf(job), 1);
    }
  }

  async create({ pod }: { pod: Pod }): Promise<CreateOutcome> {
    this.asked.push(`create ${pod.metadata.name}`);
    const { outcome, jobAfterMs } = this.next;
    if (jobAfterMs !== undefined && outcome !== 'unsent') this.#jobs.push({ pod, fromMs: this.nowMs + jobAfterMs });
    if (outcome === 'taken') return { kind: 'taken', jobID: 'job' };
    return { kind: outcome, error: new InterLinkError('internal', 'no') };
  }

  async status(pods: ReadonlyArray<Pod>): Promise<PodReport[]> {
    this.asked.push(`status ${pods.map(({ metadata }) => metadata.name).join()}`);
    this.#answer();
    const known = pods.filter(({ metadata }) =>
      this.#jobs.some(({ pod, fromMs }) => pod.metadata.uid === metadata.uid && fromMs <= this.nowMs),
    );
    if (known.length < pods.length && this.#onUnknown === 'fails') throw new InterLinkError('internal', 'no such job');
    if (known.length < pods.length && this.#onUnknown === 'says not found') throw new InterLinkError('not_found', 'no');
    const named = this.#onUnknown === 'names it without containers' ? pods : known;
    return named.map((pod) => this.#entryOf(pod));
  }

  #entryOf(pod: Pod): PodReport {
    const entry = firstReport(pod, 'job');
    const job = this.#jobs.find((each) => each.pod.metadata.uid === pod.metadata.uid);
    if (job !== undefined && job.fromMs + this.queueMs <= this.nowMs) return entry;
    return { ...entry, status: { containerStatuses: [] } };
  }

  async ping(): Promise<string> {
    this.asked.push('ping');
    this.#answer();
    return '[]';
  }

  async delete({ metadata }: Pod): Promise<void> {
    this.asked.push(`delete ${metadata.name}`);
    this.#answer();
    this.lose(metadata.uid);
  }

  #answer(): void {
    if (this.mood === 'silent') throw new InterLinkError('unavailable', 'silent');
    if (this.mood === 'ill') throw new InterLinkError('internal', 'ill');
  }

  #calls() {
    return {
      create: async (request: { pod: Pod }) => await this.create(request),
      status: async (pods: ReadonlyArray<Pod>) => await this.status(pods),
      ping: async () => await this.ping(),
      delete: async (pod: Pod) => await this.delete(pod),
    };
  }
}
