import type { Container, ContainerState, ContainerStatus, Pod, PodReport } from '@interlink/sidecar-sdk';
import { ended, isSidecar, toStatus } from './report.ts';
import { type Played, playSteps, type Timeline } from './timeline.ts';

export interface TimelineMoment {
  /** Milliseconds since the epoch, as `nowMs`. */
  readonly createdAtMs: number;
  readonly nowMs: number;
  /** Why the backend's queue holds the pod, shown while nothing of it has begun. */
  readonly queueReason: string | undefined;
  /** Whatever has not ended is ended now, with this code. */
  readonly exitCode?: number;
}

export interface TimelineReport {
  readonly report: PodReport;
  /** When a container first ran. */
  readonly startedAtMs: number | undefined;
  /** The next step of any container; undefined: nothing more comes by itself. */
  readonly nextMs: number | undefined;
  /** All that was to run has run, and nothing begins again. */
  readonly hasEnded: boolean;
}

/** A pod whose containers go by a timeline. It follows from the time alone, so that nothing is to be remembered. */
export function reportAt({ metadata, spec }: Pod, timeline: Timeline, moment: TimelineMoment): TimelineReport {
  const { uid, namespace, name, generation } = metadata;
  const { createdAtMs, nowMs, queueReason } = moment;
  const play = (steps: Timeline['main']) => endedBy(moment, playSteps(steps, createdAtMs, nowMs));
  const main = spec.containers.map((each) => ({ each, played: play(timeline.named.get(each.name) ?? timeline.main) }));
  const hasEnded = main.every(({ played }) => played.state.terminated !== undefined && played.nextMs === undefined);
  const startedAt = main.flatMap(({ played }) => played.firstStartedAt ?? []).sort()[0];
  const init = (spec.initContainers ?? []).map((each, index) => {
    const steps = timeline.named.get(each.name);
    return { each, played: steps === undefined ? still(initState(each, index)) : play(steps) };
  });
  function initState(container: Container, index: number): ContainerState {
    if (startedAt === undefined) return { waiting: { reason: index === 0 ? 'ContainerCreating' : 'PodInitializing' } };
    if (isSidecar(container) && !hasEnded) return { running: { startedAt } };
    return ended({ exitCode: 0, startedAt, finishedAt: isSidecar(container) ? toTime(nowMs) : startedAt });
  }
  const all = [...init, ...main];
  const nextMs = Math.min(...all.map(({ played }) => played.nextMs ?? Number.POSITIVE_INFINITY));
  const isQueued = queueReason !== undefined && all.every(({ played }) => played.state.waiting !== undefined);
  const statusOf = ({ each, played }: (typeof all)[number]): ContainerStatus => ({
    ...toStatus(uid, each, played.state),
    restartCount: played.restartCount,
    ...(played.lastState === undefined ? {} : { lastState: played.lastState }),
  });
  const status = {
    ...(startedAt === undefined ? {} : { startTime: startedAt }),
    ...(isQueued ? { queue: { state: 'PENDING', reason: queueReason } } : {}),
    ...(init.length === 0 ? {} : { initContainerStatuses: init.map(statusOf) }),
    containerStatuses: main.map(statusOf),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  return {
    report: { uid, namespace, name, status },
    startedAtMs: startedAt === undefined ? undefined : Date.parse(startedAt),
    nextMs: Number.isFinite(nextMs) ? nextMs : undefined,
    hasEnded,
  };
}

function still(state: ContainerState): Played {
  return { state, lastState: undefined, restartCount: 0, firstStartedAt: undefined, nextMs: undefined };
}

function endedBy({ exitCode, nowMs }: TimelineMoment, played: Played): Played {
  if (exitCode === undefined) return played;
  const { state } = played;
  const ending = { exitCode, startedAt: state.running?.startedAt, finishedAt: toTime(nowMs) };
  return { ...played, state: state.terminated === undefined ? ended(ending) : state, nextMs: undefined };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
