import type { Pod } from '@interlink/protocol';
import type { Scripts } from './container-script.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { type SimulatedAttempt, SimulatedPod } from './simulated-pod.ts';

/**
 * A machine that runs scripted containers in simulated time. It outlives the processes that use it, writes down what happens, and what
 * must never happen.
 */
export class SimulatedEngine {
  readonly clock: SimulatedClock;
  /** `12 start main/0`: what was done to containers, and their ends, each with the seconds since the beginning. */
  readonly log: string[] = [];
  /** Two attempts of a container at once, and other things that no order of events excuses. */
  readonly violations: string[] = [];
  readonly pods = new Map<string, SimulatedPod>();
  readonly #faults = new Map<string, unknown[]>();
  readonly #watchers = new Set<(uid: string) => void>();

  constructor(clock: SimulatedClock) {
    this.clock = clock;
  }

  submit(pod: Pod, scripts: Scripts = {}): SimulatedPod {
    const simulated = new SimulatedPod(pod, scripts);
    simulated.acceptedAt = new Date(this.clock.now()).toISOString();
    this.pods.set(simulated.uid, simulated);
    return simulated;
  }

  /** The next calls of this name fail. @param call a method of the runtime, with a container where it has one: `create main` */
  failNext(call: string, ...errors: unknown[]): void {
    this.#faults.set(call, [...(this.#faults.get(call) ?? []), ...errors]);
  }

  /** @throws what {@link failNext} was given */
  failIfDue(call: string): void {
    const errors = this.#faults.get(call);
    if (errors !== undefined && errors.length > 0) throw errors.shift();
  }

  /** @returns what ends it */
  watch(changed: (uid: string) => void): () => void {
    this.#watchers.add(changed);
    return () => void this.#watchers.delete(changed);
  }

  changed(uid: string): void {
    for (const changed of this.#watchers) changed(uid);
  }

  note(what: string): void {
    this.log.push(`${this.clock.seconds} ${what}`);
  }

  forbid(isForbidden: boolean, what: string): void {
    if (isForbidden) this.violations.push(`${this.clock.seconds} ${what}`);
  }

  /** It is about to start. @returns undefined when it was started before */
  take(uid: string, attempt: { container: string; number: number }): SimulatedAttempt | undefined {
    const found = this.pods.get(uid)?.find(attempt);
    if (found?.state.kind !== 'created') return undefined;
    found.state = { kind: 'starting' };
    return found;
  }

  /** @throws Error with the script's words, when it can't be started */
  begin(pod: SimulatedPod, attempt: SimulatedAttempt): void {
    const { container, run } = attempt;
    this.note(`start ${nameOf(attempt)}`);
    const others = pod.attempts.filter((other) => other !== attempt && other.container === container);
    this.forbid(
      others.some(({ isLive }) => isLive),
      `${container} runs twice`,
    );
    const now = new Date(this.clock.now()).toISOString();
    if (run.startError !== undefined) {
      const ending = { exitCode: 128, reason: 'StartError', message: run.startError, finishedAt: now };
      attempt.state = { kind: 'ended', ending };
      throw new Error(run.startError);
    }
    attempt.state = { kind: 'running', startedAt: now };
    if (run.seconds !== undefined) this.endLater(pod, attempt, run.seconds, run.exitCode ?? 0);
  }

  /** In place of another end that was to come. */
  endLater(pod: SimulatedPod, attempt: SimulatedAttempt, seconds: number, exitCode: number): void {
    attempt.cancelEnd?.();
    attempt.cancelEnd = this.clock.setTimer(seconds * 1_000, () => this.end(pod, attempt, exitCode));
  }

  end(pod: SimulatedPod, attempt: SimulatedAttempt, exitCode: number): void {
    attempt.cancelEnd?.();
    const startedAt = attempt.state.kind === 'running' ? { startedAt: attempt.state.startedAt } : {};
    const finishedAt = new Date(this.clock.now()).toISOString();
    attempt.state = { kind: 'ended', ending: { exitCode, ...startedAt, finishedAt } };
    this.note(`end ${nameOf(attempt)} ${exitCode}`);
    this.changed(pod.uid);
  }
}

export function nameOf({ container, number }: { container: string; number: number }): string {
  return `${container}/${number}`;
}
