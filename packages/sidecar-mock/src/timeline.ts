import type { ContainerState } from '@interlink/sidecar-sdk';
import { ended } from './report.ts';

/** What a container becomes, at a time counted from the pod's create. */
export interface TimelineStep {
  readonly atMs: number;
  readonly to:
    | { readonly kind: 'waiting'; readonly reason: string; readonly message: string | undefined }
    | { readonly kind: 'running' }
    | {
        readonly kind: 'exited';
        readonly exitCode: number;
        readonly reason: string | undefined;
        readonly message: string | undefined;
      };
}

/** Steps by container, init containers too, each in the order of their times. */
export interface Timeline {
  /** Of the pod's own containers that are not named below. */
  readonly main: ReadonlyArray<TimelineStep>;
  readonly named: ReadonlyMap<string, ReadonlyArray<TimelineStep>>;
}

/** How far a container has got. */
export interface Played {
  readonly state: ContainerState;
  /** How it last ended, if it has begun again. */
  readonly lastState: ContainerState | undefined;
  readonly restartCount: number;
  /** RFC 3339, of its first start. */
  readonly firstStartedAt: string | undefined;
  /** Of the next step, in milliseconds since the epoch; undefined: nothing more comes. */
  readonly nextMs: number | undefined;
}

/** @param createdAtMs when the pod was created, as `nowMs` in milliseconds since the epoch */
export function playSteps(steps: ReadonlyArray<TimelineStep>, createdAtMs: number, nowMs: number): Played {
  let state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  let lastState: ContainerState | undefined;
  let firstStartedAt: string | undefined;
  let restartCount = 0;
  for (const { atMs, to } of steps) {
    const sinceMs = createdAtMs + atMs;
    if (sinceMs > nowMs) return { state, lastState, restartCount, firstStartedAt, nextMs: sinceMs };
    if (state.terminated !== undefined) lastState = state;
    switch (to.kind) {
      case 'waiting':
        state = { waiting: { reason: to.reason, ...(to.message === undefined ? {} : { message: to.message }) } };
        break;
      case 'running':
        if (lastState !== undefined) restartCount += 1;
        state = { running: { startedAt: toTime(sinceMs) } };
        firstStartedAt ??= toTime(sinceMs);
        break;
      case 'exited':
        state = ended({ ...to, startedAt: state.running?.startedAt, finishedAt: toTime(sinceMs) });
    }
  }
  return { state, lastState, restartCount, firstStartedAt, nextMs: undefined };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
