import type { ProbeKind, ProbeRules } from './probe-rules.ts';

/** What one run of a probe says. `warning` counts as success; `unknown` is an error on the way, and counts as nothing. */
export type ProbeResult = 'success' | 'warning' | 'failure' | 'unknown';

/** What counts of one probe of one attempt of a container. */
export interface ProbeState {
  /** Has said the same often enough; before that, its kind's beginning. */
  readonly verdict: 'success' | 'failure' | 'unknown';
  /** What the latest run that counts said. */
  readonly latest: 'success' | 'failure' | undefined;
  /** How many runs have said so in a row. */
  readonly inARow: number;
  /** It has condemned the container: it does not run again before there is a new one. */
  readonly isOnHold: boolean;
}

const beginnings = { startup: 'unknown', liveness: 'success', readiness: 'failure' } as const;

/** The state before the first run, and after every start of the container. */
export function initialProbeState(kind: ProbeKind): ProbeState {
  return { verdict: beginnings[kind], latest: undefined, inARow: 0, isOnHold: false };
}

/**
 * The state after one more run. What is below its threshold leaves the verdict as it was; an error on the way neither counts
 * nor ends a row.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/prober/worker.go `doProbe`
 */
export function afterRun(state: ProbeState, result: ProbeResult, kind: ProbeKind, rules: ProbeRules): ProbeState {
  if (result === 'unknown' || state.isOnHold) return state;
  const latest = result === 'failure' ? 'failure' : 'success';
  const inARow = latest === state.latest ? state.inARow + 1 : 1;
  const threshold = latest === 'failure' ? rules.failureThreshold : rules.successThreshold;
  if (inARow < threshold) return { ...state, latest, inARow };
  return { verdict: latest, latest, inARow, isOnHold: latest === 'failure' && kind !== 'readiness' };
}

/**
 * Passed for good: of a startup probe that is remembered to have, and of all that would restart a container whose pod is being
 * deleted.
 */
export function quietProbeState(): ProbeState {
  return { verdict: 'success', latest: undefined, inARow: 0, isOnHold: true };
}

/** The states of a container's probes; a probe that it does not have is absent. */
export type ProbeStates = Readonly<Partial<Record<ProbeKind, ProbeState>>>;

/** Whether the container's startup probe has passed: until then its other probes don't run. */
export function isStarted(states: ProbeStates): boolean {
  return states.startup === undefined || states.startup.verdict === 'success';
}

/** Whether the container is to be sent work. */
export function isReady(states: ProbeStates): boolean {
  return isStarted(states) && (states.readiness === undefined || states.readiness.verdict === 'success');
}

/** Whether the probe has something to do: the startup probe until it has passed, the others from then on. */
export function isEnabled(states: ProbeStates, kind: ProbeKind): boolean {
  const state = states[kind];
  return state !== undefined && !state.isOnHold && isStarted(states) === (kind !== 'startup');
}
