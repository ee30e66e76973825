import { type Attempt, type AttemptState, declared, type RuntimePod } from '@interlink/sidecar-sdk';
import type { AttemptRecord, KnownState, PodRecord } from '../folder/pod-record.ts';

/** A pod's folder as the lifecycle reads it. */
export function toRuntimePod(record: PodRecord<KnownState>): RuntimePod {
  const { owner, pod, acceptedAt, stop } = record;
  return {
    owner,
    pod,
    acceptedAt,
    // Nothing is shared that would have to run.
    sandbox: 'ready',
    ...(stop === undefined ? {} : { deletion: { killAtMs: stop.killAtMs } }),
    hasRequest: true,
    attempts: toAttempts(record),
  };
}

function toAttempts({ pod, attempts }: PodRecord<KnownState>): Attempt[] {
  // Images are ignored: an attempt's is whatever the spec says now, so that another one is no reason to start anew.
  const images = new Map(declared(pod).map(({ spec }) => [spec.name, spec.image ?? '']));
  return attempts.map((attempt) => ({
    container: attempt.container,
    number: attempt.number,
    failuresBefore: attempt.order.failuresBefore,
    id: attemptId(pod.metadata.uid, attempt),
    image: images.get(attempt.container) ?? '',
    imageId: '',
    state: toState(attempt.state),
  }));
}

/** As it stands in a container's status. */
export function attemptId(uid: string, { container, number }: Pick<AttemptRecord, 'container' | 'number'>): string {
  return `process://${uid}/${container}/${number}`;
}

function toState(state: KnownState): AttemptState {
  switch (state.kind) {
    case 'ordered':
      return { kind: 'created' };
    case 'starting':
      return { kind: 'starting' };
    case 'running':
      return { kind: 'running', startedAt: state.child.startedAt };
    case 'ended':
      return state;
  }
}
