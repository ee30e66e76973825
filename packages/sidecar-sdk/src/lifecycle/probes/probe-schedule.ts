import type { ProbeKind, ProbeRules } from './probe-rules.ts';

/** When a container's probes begin. Times in milliseconds since 1970. */
export interface ProbeBeginning {
  /** The container's start. */
  readonly startedAtMs: number;
  /** Since when the probe may run: it is watched, and the startup probe has passed. */
  readonly enabledAtMs: number;
  /** A part of the period, from 0 to 1, to wait for: containers that ran before us are not asked all at once. */
  readonly jitter: number;
}

/**
 * When a probe runs first: once its initial delay, which counts from the container's start, is over. If that was before it was
 * enabled, readiness and startup, which somebody waits for, run at once, and liveness at its next turn.
 */
export function firstRunMs(kind: ProbeKind, rules: ProbeRules, beginning: ProbeBeginning): number {
  const { startedAtMs, enabledAtMs, jitter } = beginning;
  const delayedMs = startedAtMs + rules.initialDelayMs;
  if (delayedMs >= enabledAtMs) return delayedMs;
  if (kind !== 'liveness') return enabledAtMs;
  if (jitter > 0) return enabledAtMs + jitter * rules.periodMs;
  return delayedMs + Math.ceil((enabledAtMs - delayedMs) / rules.periodMs) * rules.periodMs;
}

/**
 * When a probe runs next after the turn that was due at `dueMs`: a period later. One that took longer than that has missed turns,
 * of which it takes the latest at once, as one of Go's tickers does; the turns after it stay where they were. A clock that was
 * set back makes no turn later than a period from now.
 */
export function nextRunMs(dueMs: number, rules: ProbeRules, nowMs: number): number {
  const nextMs = dueMs + rules.periodMs;
  if (nextMs >= nowMs) return Math.min(nextMs, nowMs + rules.periodMs);
  return dueMs + Math.floor((nowMs - dueMs) / rules.periodMs) * rules.periodMs;
}
