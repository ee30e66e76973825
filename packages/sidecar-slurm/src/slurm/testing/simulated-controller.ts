import type { Clock } from '@interlink/sidecar-sdk';
import { isEndState, type JobState } from '../job-state.ts';
import { firstNode } from '../parse/first-node.ts';
import type { CancelMode } from '../slurm-api.ts';
import type { JobExit, PodJob, SlurmJob } from '../slurm-job.ts';
import type { SubmitOrder } from '../submit-order.ts';
import { simulatedSettings } from './simulated-cluster.ts';

/** What Slurm shows of a job, what was ordered, and which signals its batch shell got. */
export interface SimulatedJob {
  readonly order: SubmitOrder;
  readonly signals: Array<'TERM' | 'KILL'>;
  job: PodJob;
}

/**
 * slurmctld's jobs in memory. They stay pending until {@link start}, and run until {@link end}; what their scripts would do (files,
 * an answer to TERM) is the test's. Ended jobs are purged after MinJobAge, and from then on only {@link accounting} has them.
 */
export class SimulatedController {
  readonly accounting = new Map<string, SlurmJob>();
  /** Nodes that take no jobs, and why. */
  readonly drained = new Map<string, string>();
  readonly #clock: Clock;
  readonly #jobs = new Map<string, SimulatedJob>();
  #nextId = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get jobs(): SimulatedJob[] {
    return [...this.#jobs.values()];
  }

  /** Every job that was made for a pod and is still known. */
  ofPod(uid: string): SimulatedJob[] {
    return this.jobs.filter(({ job }) => job.identity.uid === uid);
  }

  /** @throws Error when there is no such job */
  job(id: string): SimulatedJob {
    const found = this.#jobs.get(id);
    if (found === undefined) throw new Error(`no job ${id}`);
    return found;
  }

  /** @returns its id */
  accept(order: SubmitOrder): string {
    const id = String(this.#nextId++);
    this.#jobs.set(id, { order, signals: [], job: pendingJob(id, order, this.#now()) });
    return id;
  }

  /** Anything else that Slurm may show of a job: a reason, an estimate, SUSPENDED, … */
  change(id: string, change: Partial<PodJob>): void {
    const found = this.job(id);
    found.job = { ...found.job, ...change };
  }

  /** @param nodes Slurm's list: `c[1-2]` */
  start(id: string, nodes = 'c1'): void {
    const running = { state: 'RUNNING', reason: undefined, nodes, batchHost: firstNode(nodes) } as const;
    this.change(id, { ...running, startTime: this.#now(), estimatedStart: undefined });
  }

  /** Ends it, and purges it after MinJobAge. */
  end(id: string, state: JobState, exit: JobExit, reason?: string): void {
    this.change(id, { state, exit, reason, endTime: this.#now(), estimatedStart: undefined });
    const ended = this.job(id);
    this.accounting.set(id, ended.job);
    this.#clock.setTimer(simulatedSettings.minJobAgeSeconds * 1_000, () => {
      if (this.#jobs.get(id) === ended) this.#jobs.delete(id);
    });
  }

  /** As after preemption or a failed node, with requeue. */
  requeue(id: string): void {
    const { restarts } = this.job(id).job;
    const pending = { state: 'PENDING', reason: 'BeginTime', nodes: '', batchHost: '' } as const;
    this.change(id, { ...pending, startTime: undefined, restarts: restarts + 1 });
  }

  /** As a slurmctld that was killed right after it had taken the newest job: it is gone, and the next one gets its id. */
  forgetNewest(): void {
    this.#nextId -= 1;
    this.#jobs.delete(String(this.#nextId));
  }

  /** As a node on which the job that had the id before still runs: it takes no second one, and no other either. */
  refuseDuplicate(id: string, node = 'c1'): void {
    this.start(id, node);
    this.drained.set(node, 'Duplicate jobid');
    this.end(id, 'CANCELLED', { exitCode: 0, signal: 0 });
  }

  /** As scancel; what is gone is left alone. */
  cancel(id: string, mode: CancelMode): void {
    const found = this.#jobs.get(id);
    if (found === undefined || isEndState(found.job.state)) return;
    if (found.job.state === 'PENDING') {
      if (mode === 'plain') this.end(id, 'CANCELLED', { exitCode: 0, signal: 0 });
    } else if (mode === 'kill') {
      found.signals.push('KILL');
      this.end(id, 'FAILED', { exitCode: 0, signal: 9 }, 'RaisedSignal:9(Killed)');
    } else {
      found.signals.push('TERM');
      if (mode === 'plain') this.#killAfterWait(id, found);
    }
  }

  #killAfterWait(id: string, found: SimulatedJob): void {
    this.#clock.setTimer(simulatedSettings.killWaitSeconds * 1_000, () => {
      if (this.#jobs.get(id) !== found || isEndState(found.job.state)) return;
      found.signals.push('KILL');
      this.end(id, 'CANCELLED', { exitCode: 0, signal: 9 });
    });
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

/** As it is right after sbatch. */
function pendingJob(id: string, { identity, workingDirectory }: SubmitOrder, now: Date): PodJob {
  return {
    id,
    identity,
    state: 'PENDING',
    reason: 'Priority',
    exit: undefined,
    submitTime: now,
    startTime: undefined,
    estimatedStart: undefined,
    endTime: undefined,
    nodes: '',
    batchHost: '',
    partition: 'main',
    restarts: 0,
    timeLimitMinutes: undefined,
    workingDirectory,
    cancelledBy: undefined,
  };
}
