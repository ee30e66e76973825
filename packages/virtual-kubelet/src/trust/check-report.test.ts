import type { ContainerStatus } from '@interlink/protocol';
import { expect, test, vi } from 'vitest';
import { newPod } from '../admission/testing/pods.ts';
import { containerStatus, podReport } from '../status/testing/statuses.ts';
import { checkReport, type ReportRules } from './check-report.ts';
import { podAddresses } from './pod-addresses.ts';

const rules = (more: Partial<ReportRules> = {}): ReportRules => ({
  pod: newPod(),
  addresses: podAddresses(undefined, ['192.0.2.7']),
  hostIP: '192.0.2.7',
  onBadAddress: () => undefined,
  ...more,
});
const ended = (message: string, more: object = {}): ContainerStatus =>
  containerStatus('main', 0, { state: { terminated: { exitCode: 0, message, ...more } } });

test('checkReport() leaves an honest report as it is', () => {
  const report = podReport([containerStatus('main', 'running')], {
    podIP: '10.1.2.3',
    startTime: '2026-01-02T03:04:05.123456789Z',
    jobID: '4711',
    queue: { state: 'PENDING', reason: 'Resources', estimatedStart: '2026-01-02T03:04:05Z' },
  });
  expect(checkReport(report, rules())).toEqual(report);
});

test('checkReport() keeps the containers of the spec, in its order, and nothing that no schema names', () => {
  const pod = newPod({ initContainers: [{ name: 'first' }], containers: [{ name: 'a' }, { name: 'b' }] });
  const statuses = ['b', 'invented', 'a', 'first'].map((name) => containerStatus(name, 'running'));
  const report = { ...podReport(statuses, { initContainerStatuses: statuses }), junk: 'x' };
  const checked = checkReport(report, rules({ pod }));
  expect(checked.status.containerStatuses.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(checked.status.initContainerStatuses?.map(({ name }) => name)).toEqual(['first']);
  expect(Object.keys(checked)).toEqual(['uid', 'namespace', 'name', 'status']);
});

test('checkReport() of a pod that the API does not have stays small, and keeps its size whatever it is told', () => {
  const statuses = Array.from({ length: 10_000 }, () => ended('x'.repeat(10_000)));
  const checked = checkReport(podReport(statuses, { message: 'x'.repeat(1_000_000) }), rules({ pod: undefined }));
  expect(JSON.stringify(checked).length).toBeLessThan(20_000);
});

test.each([
  [1, 4_096],
  [3, 4_096],
  [12, 1_024],
])('checkReport() of %i containers keeps %i bytes of each message', (count, bytes) => {
  const names = Array.from({ length: count }, (_, index) => `c${index}`);
  const pod = newPod({ containers: names.map((name) => ({ name })) });
  const statuses = names.map((name) => ({ ...ended('ä'.repeat(10_000)), name }));
  const checked = checkReport(podReport(statuses), rules({ pod }));
  const kept = checked.status.containerStatuses.map(({ state }) => Buffer.byteLength(state.terminated?.message ?? ''));
  expect(kept).toEqual(names.map(() => bytes));
});

test('checkReport() keeps numbers in 32 bits, reasons to a word, times to a length', () => {
  const state = {
    exitCode: 2 ** 40,
    signal: -(2 ** 40),
    reason: 'node fail!',
    finishedAt: `2026-01-02T03:04:05.${'0'.repeat(1_000)}Z`,
    startedAt: '2026-01-02T03:04:05Z',
  };
  const status = { ...ended('', state), restartCount: 2 ** 50, lastState: { waiting: { reason: '\u001b]0;x' } } };
  const [checked] = checkReport(podReport([status], { reason: '!!' }), rules()).status.containerStatuses;
  expect(checked).toMatchObject({ restartCount: 2 ** 31 - 1, lastState: { waiting: {} } });
  expect(checked?.state.terminated).toEqual({
    exitCode: 2 ** 31 - 1,
    signal: -(2 ** 31),
    reason: 'NodeFail',
    message: '',
    startedAt: '2026-01-02T03:04:05Z',
  });
});

test('checkReport() leaves out an address that can’t be the pod’s, and says so', () => {
  const onBadAddress = vi.fn();
  const podIPOf = (podIP: string, more: Partial<ReportRules> = {}) =>
    checkReport(podReport([], { podIP }), rules({ onBadAddress, ...more })).status.podIP;
  expect(podIPOf('10.1.2.3')).toBe('10.1.2.3');
  expect(podIPOf('192.0.2.7', { pod: newPod({ hostNetwork: true }) })).toBe('192.0.2.7');
  expect(onBadAddress).not.toHaveBeenCalled();
  expect([podIPOf('192.0.2.7'), podIPOf('127.0.0.1'), podIPOf('no address')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(onBadAddress).toHaveBeenCalledTimes(3);
});

test('checkReport() takes a pod’s own word on its address only within a range that the administrator has drawn', () => {
  const pod = newPod({}, { annotations: { 'interlink.eu/pod-ip': '10.42.0.9' } });
  const podIPIn = (subnet: string | undefined, podIP = '10.42.0.1') =>
    checkReport(podReport([], { podIP }), rules({ pod, addresses: podAddresses(subnet ? { subnet } : undefined, []) }))
      .status.podIP;
  expect(podIPIn('10.42.0.0/16')).toBe('10.42.0.9');
  expect(podIPIn(undefined)).toBe('10.42.0.1');
  expect(podIPIn('10.43.0.0/16', '10.43.0.1')).toBe('10.43.0.1');
});

test('checkReport() keeps what is said of a changed spec, and of its resources what are quantities', () => {
  const pod = newPod({ ephemeralContainers: [{ name: 'debugger' }] });
  const resources = {
    limits: { cpu: '2', memory: '1Gi', 'example.com/x': '1..2' },
    requests: { cpu: '9'.repeat(100) },
  };
  const status = { ...containerStatus('main', 'running'), resources, allocatedResources: { cpu: '500m' } };
  const { status: checked } = checkReport(
    podReport([status], {
      observedGeneration: 3,
      resize: { state: 'Deferred', message: 'later\u0000' },
      ephemeralContainerStatuses: [containerStatus('debugger', 'running'), containerStatus('invented', 'running')],
    }),
    rules({ pod }),
  );
  expect(checked).toMatchObject({ observedGeneration: 3, resize: { state: 'Deferred', message: 'later' } });
  expect(checked.ephemeralContainerStatuses?.map(({ name }) => name)).toEqual(['debugger']);
  expect(checked.containerStatuses[0]?.resources).toEqual({ limits: { cpu: '2', memory: '1Gi' }, requests: {} });
  expect(checked.containerStatuses[0]?.allocatedResources).toEqual({ cpu: '500m' });
});
