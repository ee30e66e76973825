import type { Container, PodEvent } from '@interlink/protocol';
import type { ActionTarget } from '../actions/action-target.ts';
import type { Clock } from '../clock.ts';
import type { Attempt, ContainerRuntime } from '../container-runtime.ts';
import { type Health, healthy } from '../facts/pod-facts.ts';
import { type HookKind, type HookOutcome, runHook } from '../hooks/run-hook.ts';
import { toProbeRules } from '../probes/probe-rules.ts';
import { ProbeWorkers } from '../probes/probe-workers.ts';
import type { CareSubject, ContainerCare } from './container-care.ts';

export interface ProbesAndHooksOptions {
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly tell: (uid: string, event: PodEvent) => void;
  /** What {@link ProbesAndHooks.healthOf} says of a container of the pod is something else now. */
  readonly changed: (uid: string) => void;
}

/** The probes and hooks of a runtime's containers. */
export class ProbesAndHooks implements ContainerCare {
  readonly #options: ProbesAndHooksOptions;
  readonly #workers: ProbeWorkers;
  /** UIDs of the pods of watched attempts. */
  readonly #pods = new Map<string, string>();

  constructor(options: ProbesAndHooksOptions) {
    this.#options = options;
    const withPod = (id: string, act: (uid: string) => void) => {
      const uid = this.#pods.get(id);
      if (uid !== undefined) act(uid);
    };
    this.#workers = new ProbeWorkers({
      clock: options.clock,
      onChange: (id) => withPod(id, options.changed),
      onEvent: (id, event) => withPod(id, (uid) => options.tell(uid, event)),
    });
  }

  watch(subject: CareSubject, isOurs: boolean): void {
    const { attempt, spec, pod } = subject;
    if (this.#pods.has(attempt.id) || attempt.state.kind !== 'running' || !isProbed(spec)) return;
    this.#pods.set(attempt.id, pod.pod.metadata.uid);
    const startedAtMs = Date.parse(attempt.state.startedAt);
    const ranMs = this.#options.clock.now() - startedAtMs;
    const hasStarted = !isOurs && ranMs >= longestStartMs(spec);
    this.#workers.watch(attempt.id, { probes: spec, target: this.#targetOf(subject), startedAtMs, hasStarted });
  }

  unwatch({ id }: Attempt): void {
    if (this.#pods.delete(id)) this.#workers.stop(id);
  }

  /**
   * Of a container that ran before this process did, and that has not been asked yet, nothing new is known: a ready pod is not made
   * unready because its sidecar was restarted.
   */
  healthOf({ id }: Attempt, spec: Container, isOurs: boolean): Health {
    if (!isProbed(spec)) return healthy;
    if (!this.#pods.has(id)) return isOurs ? unprobed(spec) : assumed;
    const { started, ready, settled, liveness } = this.#workers.stateOf(id);
    return settled ? { started, ready, failure: liveness } : { ...assumed, failure: liveness };
  }

  async runHook(kind: HookKind, subject: CareSubject, signal: AbortSignal): Promise<HookOutcome> {
    const handler = subject.spec.lifecycle?.[kind];
    if (handler === undefined) return { result: 'success', message: '', events: [] };
    return await runHook(kind, handler, this.#targetOf(subject), signal, this.#options.clock);
  }

  #targetOf({ pod, spec, attempt }: CareSubject): ActionTarget {
    const { runtime } = this.#options;
    return {
      pod: pod.pod.metadata,
      container: spec,
      host: pod.ip ?? 'localhost',
      connect: (address, signal) => runtime.connect(pod, address, signal),
      exec: (command, signal) => runtime.run({ pod, attempt, command, signal }),
    };
  }
}

const assumed: Health = { ...healthy, isAssumed: true };

function isProbed({ startupProbe, livenessProbe, readinessProbe }: Container): boolean {
  return startupProbe !== undefined || livenessProbe !== undefined || readinessProbe !== undefined;
}

/** A container that has run for longer has passed its startup probe, or it would not run any more. */
function longestStartMs({ startupProbe }: Container): number {
  if (startupProbe === undefined) return 0;
  const { initialDelayMs, periodMs, failureThreshold } = toProbeRules(startupProbe);
  return initialDelayMs + periodMs * failureThreshold;
}

function unprobed({ startupProbe, readinessProbe }: Container): Health {
  const started = startupProbe === undefined;
  return { started, ready: started && readinessProbe === undefined };
}
