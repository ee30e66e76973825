import type { ActionTarget } from '../actions/action-target.ts';
import type { ContainerProbes } from './probe-rules.ts';

/** One attempt of a container, which runs. */
export interface ProbedContainer {
  readonly probes: ContainerProbes;
  readonly target: ActionTarget;
  /** When this attempt started, in milliseconds since 1970. It tells one attempt from the next. */
  readonly startedAtMs: number;
  /**
   * Somebody remembers that this attempt's startup probe has passed, before a restart of this process for example: it does not run
   * again, so that it can't condemn what has long been up.
   */
  readonly hasStarted?: boolean;
}

/** Why a container must be ended, and begun again if its policy says so. */
export interface ProbeVerdict {
  readonly probe: 'liveness' | 'startup';
  readonly failedAtMs: number;
  /** Instead of the pod's own grace period, where the probe has one. */
  readonly graceSeconds: number | undefined;
  /** Of the event `Killing`; where the container is begun again, a kubelet adds `, will be restarted`. */
  readonly message: string;
}

/** What a container's probes say of it. */
export interface ProbedState {
  readonly started: boolean;
  readonly ready: boolean;
  /**
   * False for a container that ran before this process, until it has been asked: `started` and `ready` are then no news, and a
   * report that takes them for some would make a ready pod unready for no reason.
   */
  readonly settled: boolean;
  readonly liveness: ProbeVerdict | undefined;
}

/** Of a container that does not run: it is neither. */
export const notRunning: ProbedState = { started: false, ready: false, settled: true, liveness: undefined };
