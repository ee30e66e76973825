import type { Clock } from '@interlink/sidecar-sdk';
import type { Partition, SlurmNode, SlurmSettings } from '../cluster.ts';
import type { AccountingQuery, CancelMode, SlurmApi } from '../slurm-api.ts';
import { slurmError } from '../slurm-error.ts';
import type { PodJob, SlurmJob } from '../slurm-job.ts';
import type { StepOptions } from '../step.ts';
import type { SubmitOrder, Submitted } from '../submit-order.ts';
import { ScriptedStep } from './scripted-step.ts';
import { simulatedNode, simulatedPartition, simulatedSettings } from './simulated-cluster.ts';
import { SimulatedController } from './simulated-controller.ts';

export type SimulatedCall = keyof SlurmApi;

/** What a call may meet. */
export type SimulatedFault =
  /** The controller does not answer; nothing happens. */
  | 'away'
  /** MaxJobCount is reached; nothing happens. */
  | 'busy'
  /** This account may not; nothing happens. */
  | 'refused'
  /** It happens, but the answer is lost: of a submission nobody knows. */
  | 'answer lost'
  /** It does not happen, and nobody knows: the deadline passed before the controller had read it. */
  | 'order lost';

/** Slurm in memory, on a clock that the test moves, with every fault that a test orders. */
export class SimulatedSlurm implements SlurmApi {
  /** The other side: where a test has jobs start, end and vanish. */
  readonly controller: SimulatedController;
  /** Every call, in order. */
  readonly calls: SimulatedCall[] = [];
  readonly steps: ScriptedStep[] = [];
  /** What every call meets that has no fault of its own. */
  standing: SimulatedFault | undefined;
  /** How long each call takes, by the clock. */
  latencyMs = 0;
  /** Has submissions refused, in these words of sbatch's. */
  refusal: string | undefined;
  hasAccounting = false;
  nodeList: SlurmNode[] = [simulatedNode];
  partitionList: Partition[] = [simulatedPartition];
  settingsShown: SlurmSettings = simulatedSettings;
  readonly #clock: Clock;
  readonly #faults = new Map<SimulatedCall, SimulatedFault[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.controller = new SimulatedController(clock);
  }

  /** The next call of a kind meets this, once; several wait in line. */
  failNext(call: SimulatedCall, fault: SimulatedFault): void {
    this.#faults.set(call, [...(this.#faults.get(call) ?? []), fault]);
  }

  async submit(order: SubmitOrder): Promise<Submitted> {
    const action = `Cannot submit job for pod "${order.identity.namespace}/${order.identity.name}"`;
    const fault = await this.#enter('submit', action);
    if (this.refusal !== undefined)
      throw slurmError('refused', `${action}: sbatch exited with code 1: ${this.refusal}`);
    const jobId = fault === 'order lost' ? undefined : this.controller.accept(order);
    if (fault !== undefined || jobId === undefined)
      throw slurmError('uncertain', `${action}: sbatch did not end within 60 s`);
    return { jobId };
  }

  async jobs(): Promise<PodJob[]> {
    return await this.#answer('jobs', () => this.controller.jobs.map(({ job }) => job));
  }

  async accounting(query: AccountingQuery): Promise<SlurmJob[] | undefined> {
    const isWanted = ({ id, submitTime = new Date(0) }: SlurmJob) =>
      'ids' in query ? query.ids.includes(id) : submitTime >= query.since;
    const all = () => [...this.controller.accounting.values(), ...this.controller.jobs.map(({ job }) => job)];
    const byId = () => new Map(all().map((job) => [job.id, job]));
    return await this.#answer('accounting', () =>
      this.hasAccounting ? [...byId().values()].filter(isWanted) : undefined,
    );
  }

  async cancel(ids: ReadonlyArray<string>, mode: CancelMode): Promise<void> {
    await this.#answer('cancel', () => {
      for (const id of ids) this.controller.cancel(id, mode);
    });
  }

  async nodes(): Promise<SlurmNode[]> {
    return await this.#answer('nodes', () => this.nodeList);
  }

  async nodeReasons(nodes: ReadonlyArray<string>): Promise<ReadonlyMap<string, string>> {
    return await this.#answer('nodeReasons', () => {
      const reasons = [...this.controller.drained].filter(([name]) => nodes.includes(name));
      return new Map(reasons);
    });
  }

  async partitions(): Promise<Partition[]> {
    return await this.#answer('partitions', () => this.partitionList);
  }

  async settings(): Promise<SlurmSettings> {
    return await this.#answer('settings', () => this.settingsShown);
  }

  spawnStep(jobId: string, argv: ReadonlyArray<string>, { node, signal }: StepOptions): ScriptedStep {
    this.calls.push('spawnStep');
    const step = new ScriptedStep(jobId, node, argv);
    this.steps.push(step);
    signal.addEventListener('abort', () => step.close(), { once: true });
    return step;
  }

  async #answer<T>(call: SimulatedCall, act: () => T): Promise<T> {
    const action = `Slurm cannot be asked for ${call}`;
    const fault = await this.#enter(call, action);
    const late = slurmError('away', `${action}: no end within 60 s`);
    if (fault === 'order lost') throw late;
    const answer = act();
    if (fault === 'answer lost') throw late;
    return answer;
  }

  async #enter(call: SimulatedCall, action: string): Promise<SimulatedFault | undefined> {
    this.calls.push(call);
    const fault = this.#faults.get(call)?.shift() ?? this.standing;
    if (this.latencyMs > 0) await new Promise<void>((resolve) => this.#clock.setTimer(this.latencyMs, resolve));
    if (fault === 'away') throw slurmError('away', `${action}: Unable to contact slurm controller (connect failure)`);
    if (fault === 'refused') throw slurmError('refused', `${action}: Access/permission denied`);
    if (fault === 'busy') throw slurmError('busy', `${action}: Slurm temporarily unable to accept job`);
    return fault;
  }
}
