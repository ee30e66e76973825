import { type ContainerStatus, containerStatusesOf, type Pod, type PodReport } from '@interlink/protocol';
import { createLogger } from '@interlink/service-kit';
import type { News } from '../../backend.ts';
import { PodLifecycle } from '../engine/pod-lifecycle.ts';
import type { Scripts } from './container-script.ts';
import { podUid } from './pods.ts';
import { ProcessClock } from './process-clock.ts';
import { CareScript, SimulatedCare } from './simulated-care.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { SimulatedEngine } from './simulated-engine.ts';
import type { SimulatedPod } from './simulated-pod.ts';
import { SimulatedRuntime } from './simulated-runtime.ts';

interface Process {
  readonly clock: ProcessClock;
  readonly runtime: SimulatedRuntime;
  readonly care: SimulatedCare;
  readonly lifecycle: PodLifecycle;
  /** Ends it as `kill -9` does. */
  die(): void;
}

/** A sidecar's process, killed and started again as a test likes, on an engine that stays. */
export class SimulatedSidecar {
  readonly clock = new SimulatedClock();
  readonly engine = new SimulatedEngine(this.clock);
  readonly script = new CareScript();
  /** `0 main Started Container started`: all that any process told. */
  readonly events: string[] = [];
  readonly reports: PodReport[] = [];
  /** Pods that were told to be gone. */
  readonly gone: string[] = [];
  readonly #latencyMs: (call: string) => number;
  #process: Process;

  /** @param latencyMs how long calls of the runtime take; default: no time */
  constructor(latencyMs: (call: string) => number = () => 0) {
    this.#latencyMs = latencyMs;
    this.#process = this.#start();
  }

  get process(): Process {
    return this.#process;
  }

  /** The newest. */
  get report(): PodReport {
    const report = this.reports.at(-1);
    if (report === undefined) throw new Error('nothing was reported');
    return report;
  }

  /** Of any kind of container, in the newest report. */
  statusOf(container: string): ContainerStatus {
    const status = containerStatusesOf(this.report).find(({ name }) => name === container);
    if (status === undefined) throw new Error(`no status of ${container}`);
    return status;
  }

  submit(pod: Pod, scripts: Scripts = {}): SimulatedPod {
    const simulated = this.engine.submit(pod, scripts);
    void this.#process.lifecycle.settle(simulated.uid);
    return simulated;
  }

  async passSeconds(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1_000);
  }

  /** As a backend does it: what is under way is given up, the engine notes it, and the pod is looked at. */
  async askToGo(graceSeconds: number, uid = podUid): Promise<void> {
    const { lifecycle } = this.#process;
    void lifecycle.cancel(uid).then(() => {
      const pod = this.engine.pods.get(uid);
      if (pod === undefined) return;
      const killAtMs = this.clock.now() + graceSeconds * 1_000;
      pod.deletion = { killAtMs: Math.min(killAtMs, pod.deletion?.killAtMs ?? killAtMs) };
      lifecycle.nudge(uid, 0);
    });
    await this.clock.advance(0);
  }

  /** `kill -9`, and a new process at once. */
  restart(): void {
    this.#process.die();
    this.#process = this.#start();
  }

  #start(): Process {
    const clock = new ProcessClock(this.clock);
    const runtime = new SimulatedRuntime({ engine: this.engine, latencyMs: this.#latencyMs });
    const care = new SimulatedCare(this.script, clock, (what) => this.engine.note(what));
    const logger = createLogger('test', 'silent');
    const lifecycle = new PodLifecycle({ runtime, care, logger, clock });
    lifecycle.tellTo(this.#news());
    const unwatch = this.engine.watch((uid) => lifecycle.nudge(uid, 0));
    void lifecycle.list();
    const die = () => {
      runtime.die();
      clock.die();
      unwatch();
    };
    return { clock, runtime, care, lifecycle, die };
  }

  #news(): News {
    return {
      report: ({ report }) => this.reports.push(report),
      gone: (uid) => this.gone.push(uid),
      event: (_uid, { container, reason, message }) =>
        this.events.push(
          [this.clock.seconds, container, reason, message].filter((part) => part !== undefined).join(' '),
        ),
      relist: () => undefined,
    };
  }
}
