import type { Duplex } from 'node:stream';
import type { Attempt, ContainerRuntime, CreateOrder, RuntimePod, UnreadablePod } from '../container-runtime.ts';
import { nameOf, type SimulatedEngine } from './simulated-engine.ts';
import type { SimulatedAttempt, SimulatedPod } from './simulated-pod.ts';

export interface SimulatedRuntimeOptions {
  readonly engine: SimulatedEngine;
  /** How long a call takes; in the middle of it happens what it asks for. Default: no time at all. */
  readonly latencyMs?: (call: string) => number;
}

/**
 * One process's connection to a {@link SimulatedEngine}. What was asked for happens also when the process is killed meanwhile; only
 * nobody hears of it.
 */
export class SimulatedRuntime implements ContainerRuntime {
  /** How often each method was called. */
  readonly calls = new Map<string, number>();
  readonly #engine: SimulatedEngine;
  readonly #latencyMs: (call: string) => number;
  #isDead = false;

  constructor({ engine, latencyMs = () => 0 }: SimulatedRuntimeOptions) {
    this.#engine = engine;
    this.#latencyMs = latencyMs;
  }

  /** As by `kill -9` of its process. */
  die(): void {
    this.#isDead = true;
  }

  read(uid: string): Promise<RuntimePod | undefined> {
    const seen = this.#engine.pods.get(uid)?.snapshot();
    return this.#call('read', () => seen);
  }

  readAll(): Promise<Array<RuntimePod | UnreadablePod>> {
    const seen = [...this.#engine.pods.values()].map((pod) =>
      pod.unreadable === undefined ? pod.snapshot() : { ...pod.snapshot(), unreadable: pod.unreadable },
    );
    return this.#call('readAll', () => seen);
  }

  startSandbox(pod: RuntimePod): Promise<void> {
    return this.#call('startSandbox', () => {
      this.#change(pod, (simulated) => {
        if (simulated.sandbox !== 'ready') simulated.sandboxSince = new Date(this.#engine.clock.now()).toISOString();
        simulated.sandbox = 'ready';
      });
    });
  }

  prepare(_pod: RuntimePod): Promise<void> {
    return this.#call('prepare', () => this.#engine.note('prepare'));
  }

  create({ pod, container, attempt: number, failuresBefore }: CreateOrder): Promise<void> {
    return this.#call(`create ${container}`, () => {
      this.#change(pod, (simulated) => {
        if (simulated.find({ container, number }) !== undefined) return;
        this.#engine.note(`create ${container}/${number}`);
        simulated.add(container, number, failuresBefore);
      });
    });
  }

  /** Its container is `starting` for as long as the call takes. */
  start(pod: RuntimePod, { container, number }: Attempt): Promise<void> {
    const taken = this.#isDead ? undefined : this.#engine.take(pod.pod.metadata.uid, { container, number });
    return this.#onAttempt(`start ${container}`, pod, { container, number }, (simulated, found) => {
      if (found === taken) this.#engine.begin(simulated, found);
    });
  }

  terminate(pod: RuntimePod, attempt: Attempt): Promise<void> {
    return this.#onAttempt(`terminate ${attempt.container}`, pod, attempt, (simulated, found) => {
      this.#engine.note(`TERM ${nameOf(attempt)}`);
      const { stopSeconds = 0, stopExitCode = 143 } = found.run;
      if (found.state.kind === 'running' && stopSeconds !== 'ignored')
        this.#engine.endLater(simulated, found, stopSeconds, stopExitCode);
    });
  }

  kill(pod: RuntimePod, attempt: Attempt): Promise<void> {
    return this.#onAttempt(`kill ${attempt.container}`, pod, attempt, (simulated, found) => {
      this.#engine.note(`KILL ${nameOf(attempt)}`);
      if (found.isLive) this.#engine.end(simulated, found, 137);
    });
  }

  removeAttempt(pod: RuntimePod, attempt: Attempt): Promise<void> {
    return this.#onAttempt(`removeAttempt ${attempt.container}`, pod, attempt, (simulated, found) => {
      this.#engine.note(`remove ${nameOf(attempt)}`);
      this.#engine.forbid(found.isLive, `${nameOf(attempt)} is removed while it runs`);
      simulated.drop(found);
    });
  }

  remove({ pod }: RuntimePod): Promise<void> {
    return this.#call('remove', () => {
      const simulated = this.#engine.pods.get(pod.metadata.uid);
      if (simulated === undefined) return;
      this.#engine.note('remove');
      this.#engine.forbid(
        simulated.attempts.some(({ isLive }) => isLive),
        'the pod is removed while it runs',
      );
      this.#engine.pods.delete(simulated.uid);
      this.#engine.changed(simulated.uid);
    });
  }

  terminationMessage(pod: RuntimePod, attempt: Attempt, source: 'file' | 'logs'): Promise<string> {
    const run = this.#engine.pods.get(pod.pod.metadata.uid)?.find(attempt)?.run;
    return this.#call(`terminationMessage ${source}`, () => (source === 'file' ? run?.message : run?.log) ?? '');
  }

  run(): Promise<never> {
    throw new Error('probes and hooks are not simulated here');
  }

  connect(): Promise<Duplex> {
    throw new Error('probes and hooks are not simulated here');
  }

  #onAttempt(
    call: string,
    pod: RuntimePod,
    attempt: Pick<Attempt, 'container' | 'number'>,
    act: (pod: SimulatedPod, attempt: SimulatedAttempt) => void,
  ): Promise<void> {
    return this.#call(call, () =>
      this.#change(pod, (simulated) => {
        const found = simulated.find(attempt);
        if (found === undefined) throw new Error(`no container ${nameOf(attempt)}`);
        act(simulated, found);
      }),
    );
  }

  #change({ pod }: RuntimePod, act: (pod: SimulatedPod) => void): void {
    const simulated = this.#engine.pods.get(pod.metadata.uid);
    if (simulated === undefined) throw new Error(`no pod ${pod.metadata.uid}`);
    try {
      act(simulated);
    } finally {
      this.#engine.changed(simulated.uid);
    }
  }

  async #call<T>(call: string, act: () => T): Promise<T> {
    const method = call.split(' ')[0] ?? call;
    if (this.#isDead) return await neverAnswered;
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    const latencyMs = this.#latencyMs(call);
    await this.#travel(latencyMs / 2);
    try {
      this.#engine.failIfDue(call);
      return act();
    } finally {
      await this.#travel(latencyMs / 2);
      if (this.#isDead) await neverAnswered;
    }
  }

  async #travel(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resolve) => this.#engine.clock.setTimer(ms, resolve));
  }
}

/** What a process that was killed gets to hear. */
const neverAnswered = new Promise<never>(() => undefined);
