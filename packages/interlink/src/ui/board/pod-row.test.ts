import type { ContainerStatus, PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { readReport, toPodRow } from './pod-row.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const container = (state: ContainerStatus['state']): ContainerStatus => ({
  ...{ name: 'c', state, ready: false, restartCount: 0, image: 'i', imageID: '' },
});
const report = (status: Partial<PodReport['status']>, ...states: Array<ContainerStatus['state']>): PodReport => ({
  ...{ uid, namespace: 'ns', name: 'p', status: { containerStatuses: states.map(container), ...status } },
});
const waiting = { waiting: { reason: 'ContainerCreating' } };
const running = { running: { startedAt: '2027-01-01T00:00:00Z' } };
const [well, ill] = [{ terminated: { exitCode: 0 } }, { terminated: { exitCode: 3, reason: 'OOMKilled' } }];
const queue = { state: 'PENDING', reason: 'Priority' };

test.each([
  [report({}), 'Starting', ''],
  [report({}, waiting), 'Starting', 'ContainerCreating'],
  [report({ queue }, waiting), 'Queued', 'Priority'],
  [report({ queue: { state: 'PENDING' } }), 'Queued', 'PENDING'],
  [report({ queue }, running, waiting), 'Running', 'ContainerCreating'],
  [report({}, running, ill), 'Running', 'OOMKilled (exit code 3)'],
  [report({}, well, well), 'Succeeded', ''],
  [report({}, well, ill), 'Failed', 'OOMKilled (exit code 3)'],
  [report({ phase: 'Failed', reason: 'NodeLost', message: 'gone' }, running), 'Failed', 'NodeLost: gone'],
] as const)('toPodRow() of %j is %s for %j', (given, state, reason) => {
  expect(toPodRow(given)).toMatchObject({ state, reason });
});

test('toPodRow() knows when the first container started', () => {
  const later = { terminated: { exitCode: 0, startedAt: '2027-01-01T00:00:05Z' } };
  expect(toPodRow(report({}, later, running)).startedAt).toBe('2027-01-01T00:00:00Z');
});

test.each(['{}', '{"pod":{"uid":"x"}}', 'no JSON'])('readReport() of %s is none, and its row says so', (text) => {
  expect(readReport(text)).toBeUndefined();
  expect(toPodRow(readReport(text)).state).toBe('Unreadable');
});
