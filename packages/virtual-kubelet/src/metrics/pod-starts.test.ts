import type { Pod } from '@interlink/kube';
import type { ContainerState, PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { PodStarts } from './pod-starts.ts';

const createdMs = Date.UTC(2027, 0, 1);
const at = (ms: number) => new Date(createdMs + ms).toISOString();
const pending: Pod = { metadata: { creationTimestamp: at(0) }, status: { phase: 'Pending' } };

function report(main: ContainerState, init?: ContainerState): PodReport {
  const status = (name: string, state: ContainerState) => ({
    ...{ name, state, ready: false, restartCount: 0, image: '', imageID: '' },
  });
  return {
    ...{ uid: 'u', namespace: 'ns', name: 'p' },
    status: {
      containerStatuses: [status('main', main)],
      ...(init === undefined ? {} : { initContainerStatuses: [status('init', init)] }),
    },
  };
}

function starts() {
  const observed: Record<string, number[]> = { sinceSeen: [], sli: [], total: [] };
  const take = (name: string) => ({ observe: (seconds: number) => void observed[name]?.push(seconds) });
  let now = createdMs;
  const timed = new PodStarts({ sinceSeen: take('sinceSeen'), sli: take('sli'), total: take('total') }, () => now);
  const after = (ms: number) => {
    now = createdMs + ms;
  };
  return { timed, observed, after };
}

test('PodStarts times a pod once, from creation and from when it was seen, without its pulls and init containers', () => {
  const { timed, observed, after } = starts();
  after(500);
  timed.seen('u', pending);
  after(1_000);
  timed.event('u', 'Pulling');
  timed.reported('u', report({ waiting: { reason: 'ContainerCreating' } }));
  after(3_000);
  timed.event('u', 'Pulled');
  after(9_000);
  const init = { terminated: { exitCode: 0, startedAt: at(4_000), finishedAt: at(7_000) } };
  timed.reported('u', report({ running: {} }, init));
  timed.reported('u', report({ running: {} }, init));
  expect(observed).toEqual({ sinceSeen: [8.5], total: [9], sli: [4] });
});

test('PodStarts leaves out pods that ran before this process saw them, and those that go before they run', () => {
  const { timed, observed } = starts();
  timed.seen('u', { ...pending, status: { phase: 'Running' } });
  timed.reported('u', report({ running: {} }));
  timed.seen('v', pending);
  timed.forget('v');
  timed.reported('v', report({ running: {} }));
  expect(observed).toEqual({ sinceSeen: [], total: [], sli: [] });
});
