import type { Container, InterLinkError, Pod } from '@interlink/protocol';
import type { Attempt, AttemptState, RuntimePod } from '../container-runtime.ts';
import { declared } from '../facts/build-facts.ts';
import { type Run, runOf, type Scripts } from './container-script.ts';
import { at } from './simulated-clock.ts';

export const owner = { cluster: 'c1', node: 'n1' };

/** A pod inside the simulated engine; tests change what they like. */
export class SimulatedPod {
  readonly scripts: Scripts;
  readonly attempts: SimulatedAttempt[] = [];
  pod: Pod;
  acceptedAt = at(0);
  sandbox: RuntimePod['sandbox'] = 'stopped';
  sandboxSince: string | undefined;
  deletion: { killAtMs: number | undefined } | undefined;
  failure: RuntimePod['failure'];
  hasRequest = true;
  /** Why a list can't tell how it is. */
  unreadable: InterLinkError | undefined;

  constructor(pod: Pod, scripts: Scripts) {
    this.pod = pod;
    this.scripts = scripts;
  }

  get uid(): string {
    return this.pod.metadata.uid;
  }

  /** As it is now: what changes later does not show. */
  snapshot(): RuntimePod {
    const { pod, acceptedAt, sandbox, sandboxSince, deletion, failure, hasRequest } = this;
    const ip = sandbox === 'ready' ? '10.0.0.2' : undefined;
    const attempts = this.attempts.map((attempt) => attempt.snapshot());
    return { owner, pod, acceptedAt, sandbox, sandboxSince, ip, deletion, failure, hasRequest, attempts };
  }

  find({ container, number }: { container: string; number: number }): SimulatedAttempt | undefined {
    return this.attempts.find((attempt) => attempt.container === container && attempt.number === number);
  }

  add(container: string, number: number, failuresBefore: number): void {
    const spec = this.#specOf(container);
    const run = runOf(this.scripts, container, number);
    this.attempts.push(new SimulatedAttempt({ uid: this.uid, container, number, failuresBefore, run, spec }));
  }

  drop(attempt: SimulatedAttempt): void {
    attempt.cancelEnd?.();
    this.attempts.splice(this.attempts.indexOf(attempt), 1);
  }

  #specOf(container: string): Container {
    const spec = declared(this.pod).find(({ spec: { name } }) => name === container)?.spec;
    if (spec === undefined) throw new Error(`pod ${this.uid} has no container ${container}`);
    return spec;
  }
}

interface AttemptParts {
  readonly uid: string;
  readonly container: string;
  readonly number: number;
  readonly failuresBefore: number;
  readonly run: Run;
  readonly spec: Container;
}

export class SimulatedAttempt {
  readonly container: string;
  readonly number: number;
  readonly run: Run;
  state: AttemptState = { kind: 'created' };
  cancelEnd: (() => void) | undefined;
  readonly #rest: Omit<Attempt, 'container' | 'number' | 'state'>;

  constructor({ uid, container, number, failuresBefore, run, spec }: AttemptParts) {
    this.container = container;
    this.number = number;
    this.run = run;
    const id = `simulated://${uid.slice(0, 8)}/${container}/${number}`;
    this.#rest = { failuresBefore, id, image: spec.image ?? '', imageId: `sha256:${spec.image ?? ''}` };
  }

  get isLive(): boolean {
    return this.state.kind === 'running' || this.state.kind === 'starting';
  }

  snapshot(): Attempt {
    const { container, number, state } = this;
    return { ...this.#rest, container, number, state };
  }
}
