import type { ContainerState } from '@interlink/protocol';
import { expect, test } from 'vitest';
import {
  containerStatuses,
  fromApiContainerStatus,
  toApiContainerStatus,
  wholeSeconds,
  withoutUnended,
} from './container-statuses.ts';
import { containerStatus } from './testing/statuses.ts';

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05.999999999Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T05:04:05.5+02:00', '2026-01-02T03:04:05Z'],
  ['0000-01-01T00:00:00+23:59', undefined],
  ['9999-12-31T23:59:59-23:59', undefined],
  ['soon', undefined],
  [undefined, undefined],
])('wholeSeconds(%j) is %j', (time, expected) => {
  expect(wholeSeconds(time)).toBe(expected);
});

test('containerStatuses() has one entry per declared container, in order, and drops the others', () => {
  const declared = [{ name: 'a', image: 'img' }, { name: 'b' }];
  const reported = [containerStatus('foreign', 'running'), containerStatus('b', 0)];
  expect(containerStatuses(declared, reported, { reason: 'ContainerCreating', message: 'PENDING' })).toEqual([
    {
      name: 'a',
      state: { waiting: { reason: 'ContainerCreating', message: 'PENDING' } },
      ready: false,
      started: false,
      restartCount: 0,
      image: 'img',
      imageID: '',
    },
    containerStatus('b', 0),
  ]);
});

test('containerStatuses() has the image of the spec where a v1 plugin names none', () => {
  const reported = [
    containerStatus('a', 'running', { image: '' }),
    containerStatus('b', 'running', { image: 'b@sha' }),
  ];
  const declared = reported.map(({ name }) => ({ name, image: 'img' }));
  expect(containerStatuses(declared, reported, { reason: 'r' }).map(({ image }) => image)).toEqual(['img', 'b@sha']);
});

test('toApiContainerStatus() cuts times to seconds and leaves out what the API would drop', () => {
  const reported = containerStatus('a', 'waiting', {
    state: {
      terminated: {
        exitCode: 0,
        signal: 0,
        reason: '',
        message: '',
        containerID: '',
        startedAt: '2026-01-02T03:04:05.9Z',
        finishedAt: '2026-01-02T03:04:06.1Z',
      },
    },
    containerID: '',
  });
  expect(toApiContainerStatus(reported)).toEqual({
    name: 'a',
    state: {
      terminated: {
        exitCode: 0,
        reason: 'Completed',
        startedAt: '2026-01-02T03:04:05Z',
        finishedAt: '2026-01-02T03:04:06Z',
      },
    },
    lastState: {},
    ready: false,
    restartCount: 0,
    image: 'busybox',
    imageID: '',
    started: false,
  });
});

test.each<[ContainerState, object]>([
  [{}, {}],
  [{ waiting: {} }, { waiting: {} }],
  [{ waiting: { reason: '', message: 'm' } }, { waiting: { message: 'm' } }],
  [{ running: {} }, { running: { startedAt: null } }],
  [
    { terminated: { exitCode: 3, signal: 9 } },
    { terminated: { exitCode: 3, signal: 9, reason: 'Error', startedAt: null, finishedAt: null } },
  ],
  ...['StartError', 'ContainerCannotRun'].map((reason): [ContainerState, object] => [
    { terminated: { exitCode: 128, reason, finishedAt: '2026-01-02T03:04:05.6Z' } },
    {
      terminated: {
        ...{ exitCode: 128, reason },
        ...{ startedAt: '1970-01-01T00:00:00Z', finishedAt: '2026-01-02T03:04:05Z' },
      },
    },
  ]),
  [
    { terminated: { exitCode: 128, reason: 'StartError', startedAt: '2026-01-02T03:04:05Z' } },
    { terminated: { exitCode: 128, reason: 'StartError', startedAt: '2026-01-02T03:04:05Z', finishedAt: null } },
  ],
])('toApiContainerStatus() writes the state %j as %j', (state, expected) => {
  expect(toApiContainerStatus(containerStatus('a', 'waiting', { state })).state).toEqual(expected);
});

test('toApiContainerStatus() takes a running container for started unless told otherwise', () => {
  const { started: _started, ...running } = containerStatus('a', 'running');
  expect(toApiContainerStatus(running).started).toBe(true);
  expect(toApiContainerStatus(containerStatus('a', 'starting')).started).toBe(false);
});

test('toApiContainerStatus() cuts a message to the kubelet’s 4096 characters', () => {
  const message = 'x'.repeat(1_000_000);
  const { state } = toApiContainerStatus(
    containerStatus('a', 'waiting', { state: { terminated: { exitCode: 1, message } } }),
  );
  expect(state?.terminated?.message).toHaveLength(4_096);
});

test.each(['waiting', 'running', 0, 'backOff:1'] as const)(
  'fromApiContainerStatus() reads back what was written for a container that is %j',
  (doing) => {
    const status = containerStatus('a', doing);
    const written = toApiContainerStatus(status);
    expect(toApiContainerStatus(fromApiContainerStatus(written))).toEqual(written);
    expect(fromApiContainerStatus(written)).toMatchObject({ state: status.state });
  },
);

test('withoutUnended() ends what runs or waits as lost and keeps how the others ended', () => {
  const now = '2026-01-02T03:05:00Z';
  const lost = { exitCode: 137, reason: 'ContainerStatusUnknown', finishedAt: now };
  const ended = withoutUnended(
    [containerStatus('runs', 'running'), containerStatus('waits', 'waiting'), containerStatus('done', 3)],
    now,
  );
  expect(ended).toMatchObject([
    { ready: false, started: false, state: { terminated: { ...lost, startedAt: '2026-01-02T03:04:10Z' } } },
    { ready: false, started: false, state: { terminated: lost } },
    containerStatus('done', 3),
  ]);
  expect(ended.some(({ state }) => state.running !== undefined || state.waiting !== undefined)).toBe(false);
});
