import type { PodStatus } from '@interlink/kube';
import { expect, test } from 'vitest';
import { pendingReason, stateOf } from './pod-state.ts';

test.each([
  [{ status: { phase: 'Running' } }, 'Running'],
  [{ status: { phase: 'Running' }, metadata: { deletionTimestamp: '2027-01-01T00:00:00Z' } }, 'Terminating'],
  [{ status: { phase: 'Invented' } }, 'Pending'],
  [{}, 'Pending'],
])('stateOf() reads %j as %s', (pod, state) => {
  expect(stateOf(pod)).toBe(state);
});

const unscheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' };
const queued = { type: 'PodReadyToStartContainers', status: 'False', reason: 'Queued', message: 'PENDING: Priority' };
const waiting = (reason: string, message?: string) => ({
  ...{ name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0 },
  state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
});

test.each<[PodStatus, string]>([
  [{ conditions: [unscheduled, queued] }, 'Unschedulable: 0/1 nodes'],
  [{ reason: 'Refused', message: 'by the node', conditions: [queued] }, 'Refused: by the node'],
  [{ conditions: [queued], containerStatuses: [waiting('ContainerCreating')] }, 'Queued: PENDING: Priority'],
  [
    { containerStatuses: [waiting('ContainerCreating'), waiting('ErrImagePull', 'no such image')] },
    'ErrImagePull: no such image',
  ],
  [{ initContainerStatuses: [waiting('PodInitializing')] }, 'PodInitializing'],
  [{ conditions: [{ type: 'PodScheduled', status: 'False' }] }, 'it has no node yet'],
  [{}, 'nobody has said why yet'],
])('pendingReason() of %j', (status, reason) => {
  expect(pendingReason({ status })).toBe(reason);
});
