import type { Pod } from '@interlink/sidecar-sdk';
import type { AttemptRecord, KnownState, PodRecord } from '../folder/pod-record.ts';
import { owner } from './pods.ts';

export const uid = '11111111-1111-4111-8111-111111111111';

/** A process that is none: no boot has this id. */
export const nobody = { pid: 1, startTime: '1@never' };

/** An attempt of a container `main`. */
export function attemptRecord(state: KnownState, number = 0): AttemptRecord<KnownState> {
  const order = { argv: ['true'], env: {}, scratch: '/scratch', failuresBefore: number };
  return { container: 'main', number, order, state };
}

export function podRecord(
  attempts: ReadonlyArray<AttemptRecord<KnownState>>,
  spec: Partial<Pod['spec']> = {},
): PodRecord<KnownState> {
  return {
    owner,
    pod: {
      metadata: { uid, namespace: 'ns', name: 'p' },
      spec: { containers: [{ name: 'main', image: 'busybox', command: ['true'] }], ...spec },
    },
    acceptedAt: '2027-01-01T00:00:00Z',
    stop: undefined,
    attempts,
  };
}
