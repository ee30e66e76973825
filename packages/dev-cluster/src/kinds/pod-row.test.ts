import { expect, test } from 'vitest';
import type { KubeObject } from '../object.ts';
import { podRow } from './pod-row.ts';

const running = { ready: true, started: true, restartCount: 1, state: { running: {} } };
const waiting = (reason: string) => ({ ready: false, restartCount: 0, state: { waiting: { reason } } });
const ended = (exitCode: number, reason?: string) => ({
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode, ...(reason === undefined ? {} : { reason }) } },
});
const pod = (phase: string, main: object[], init: object[] = [], more: object = {}): KubeObject =>
  ({
    metadata: { name: 'p', ...more },
    spec: {
      containers: main.map((_, index) => ({ name: `c${index}` })),
      initContainers: init.map((_, index) => ({ name: `i${index}` })),
    },
    status: {
      phase,
      containerStatuses: main.map((status, index) => ({ name: `c${index}`, ...status })),
      initContainerStatuses: init.map((status, index) => ({ name: `i${index}`, ...status })),
    },
  }) as unknown as KubeObject;

test.each([
  ['1/1 Running 1', pod('Running', [running])],
  ['0/1 ContainerCreating 0', pod('Pending', [waiting('ContainerCreating')])],
  ['0/1 Completed 0', pod('Succeeded', [ended(0, 'Completed')])],
  ['0/1 Error 0', pod('Failed', [ended(3, 'Error')])],
  ['0/1 ExitCode:3 0', pod('Failed', [ended(3)])],
  ['1/2 NotReady 1', pod('Running', [running, ended(0, 'Completed')])],
  [
    '0/1 Init:0/2 0',
    pod('Pending', [waiting('PodInitializing')], [waiting('PodInitializing'), waiting('PodInitializing')]),
  ],
  ['0/1 Init:1/2 0', pod('Pending', [waiting('PodInitializing')], [ended(0, 'Completed'), waiting('PodInitializing')])],
  ['0/1 Init:Error 0', pod('Pending', [waiting('PodInitializing')], [ended(1, 'Error')])],
  ['1/1 Terminating 1', pod('Running', [running], [], { deletionTimestamp: 'now' })],
  ['0/1 Completed 0', pod('Succeeded', [ended(0, 'Completed')], [], { deletionTimestamp: 'now' })],
])('podRow() is %j', (wanted, object) => {
  const { ready, status, restarts } = podRow(object);
  expect(`${ready} ${status} ${restarts}`).toBe(wanted);
});
