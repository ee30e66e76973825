import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromLogStruct, toLogStruct } from './logs.ts';
import {
  parseCreateStruct,
  parseLogStruct,
  parsePodCreateRequests,
  parseRetrievedPodData,
  parseV1Pod,
  parseV1PodStatuses,
  parseV1Pods,
} from './parse.ts';
import { fromPodCreateRequests, fromRetrievedPodData } from './pod-from-v1.ts';
import { toRetrievedPodData } from './pod-to-v1.ts';
import { fromV1PodStatus, toV1PodStatus } from './status.ts';

interface Exchange {
  readonly path: string;
  readonly request: unknown;
  readonly status: number;
  readonly response: unknown;
}

/** What real peers said to each other. */
function conversation(name: string): Exchange[] {
  const url = new URL(`../../../../test/interop/testdata/v1-conversations/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

const toSidecar = conversation('interlink-to-sidecar');
const toPlugin = conversation('interlink-to-slurm-plugin');
const toInterLink = conversation('virtual-kubelet-to-interlink');
const all = [...toSidecar, ...toPlugin, ...toInterLink];
const on = (exchanges: Exchange[], path: string) =>
  exchanges.filter((each) => each.path === path && each.status === 200);

test('the parsers take every recorded request', () => {
  for (const { request } of on(toInterLink, '/create')) parsePodCreateRequests(request);
  for (const { request } of on([...toSidecar, ...toPlugin], '/create')) parseRetrievedPodData(request);
  for (const { request } of on(all, '/delete')) parseV1Pod(request);
  for (const { request } of on(all, '/status')) parseV1Pods(request);
  for (const { request } of on(all, '/getLogs')) parseLogStruct(request);
});

test('the parsers take every recorded answer', () => {
  for (const { response } of on(all, '/create')) parseCreateStruct(response);
  for (const { response } of on(all, '/status')) parseV1PodStatuses(response).map(fromV1PodStatus);
});

test('both hops of one create lead to the same request', () => {
  const first = on(toInterLink, '/create').map(({ request }) => fromPodCreateRequests(parsePodCreateRequests(request)));
  const second = on(toSidecar, '/create').map(({ request }) =>
    fromRetrievedPodData(parseRetrievedPodData(request).data),
  );
  expect(first.map(({ pod }) => pod.metadata.uid)).toEqual(second.map(({ pod }) => pod.metadata.uid));
  expect(first.map(({ volumes }) => volumes)).toEqual(second.map(({ volumes }) => volumes));
  const [full] = first;
  const files = (full?.volumes ?? []).map(({ name, files: [...each] }) => [name, each.map(({ path }) => path)]);
  expect(files).toEqual([
    ['cfg', ['mode', 'multi']],
    ['sec', ['password']],
    ['kube-api-access-lkgzv', ['ca.crt', 'namespace', 'token']],
  ]);
});

test('toRetrievedPodData() gives each container what a recorded InterLink server gave it', () => {
  for (const { request } of on(toSidecar, '/create')) {
    const { data } = parseRetrievedPodData(request);
    const written = toRetrievedPodData(fromRetrievedPodData(data)).container ?? [];
    const names = (data.container ?? []).map(({ name }) => name);
    expect(written.map(({ name }) => name)).toEqual(names);
    for (const [index, container] of (data.container ?? []).entries()) {
      const mine = written[index];
      for (const key of ['configMaps', 'secrets', 'projectedvolumemaps'] as const) {
        const pick = (objects: (typeof container)[typeof key]) => objects?.map((o) => [o.metadata.name, o.data]) ?? [];
        expect([container.name, key, pick(mine?.[key])]).toEqual([container.name, key, pick(container[key])]);
      }
    }
  }
});

test('toV1PodStatus() writes what fromV1PodStatus() read', () => {
  const statuses = on(toSidecar, '/status').flatMap(({ response }) => parseV1PodStatuses(response));
  expect(statuses.length).toBeGreaterThan(0);
  for (const status of statuses) expect(toV1PodStatus(fromV1PodStatus(status))).toEqual(status);
});

test('toLogStruct() writes what fromLogStruct() read', () => {
  const requests = on(toSidecar, '/getLogs').map(({ request }) => parseLogStruct(request));
  expect(requests).toHaveLength(4);
  for (const request of requests) {
    const { container, options, ...pod } = fromLogStruct(request);
    expect(toLogStruct(pod, container, options)).toEqual(request);
  }
});

describe('parseRetrievedPodData()', () => {
  const [exchange] = on(toSidecar, '/create');

  test('takes the list of one that older releases send, and says so', () => {
    expect(parseRetrievedPodData([exchange?.request])).toMatchObject({ isList: true });
    expect(parseRetrievedPodData(exchange?.request)).toMatchObject({ isList: false });
    expect(() => parseRetrievedPodData([])).toThrow('Invalid v1 create request');
  });
});

describe('fromLogStruct()', () => {
  const pod = { Namespace: 'ns', PodUID: '11111111-1111-4111-8111-111111111111', PodName: 'p', ContainerName: 'c' };

  test.each([
    { Tail: 1, Bytes: 1 },
    { SinceSeconds: 1, SinceTime: '2027-01-01T00:00:00Z' },
  ])('refuses %j', (Opts) => {
    expect(() => fromLogStruct({ ...pod, Opts })).toThrow('exclude each other');
  });

  test('refuses names that are none', () => {
    expect(() => fromLogStruct({ ...pod, PodUID: '../../etc' })).toThrow('is not a pod UID');
  });

  test('takes zero values as unset', () => {
    const Opts = { Tail: 0, Bytes: 0, SinceSeconds: 0, SinceTime: '0001-01-01T00:00:00Z', Follow: false };
    expect(fromLogStruct({ ...pod, Opts }).options).toEqual({});
  });
});

test('toV1PodStatus() shows a pod that failed as a whole as containers that failed', () => {
  const base = { name: 'c', ready: false, restartCount: 0, image: '', imageID: '' };
  const report = {
    uid: '11111111-1111-4111-8111-111111111111',
    namespace: 'ns',
    name: 'p',
    status: {
      phase: 'Failed' as const,
      reason: 'DeadlineExceeded',
      containerStatuses: [
        { ...base, state: { terminated: { exitCode: 0, finishedAt: '2027-01-01T00:00:00Z' } } },
        { ...base, state: { terminated: { exitCode: 3 } } },
        { ...base, ready: true, state: { running: {} } },
      ],
    },
  };
  expect(toV1PodStatus(report).containers?.map(({ state }) => state.terminated)).toEqual([
    { exitCode: 137, reason: 'DeadlineExceeded', finishedAt: '2027-01-01T00:00:00Z' },
    { exitCode: 3 },
    { exitCode: 137, reason: 'DeadlineExceeded' },
  ]);
});

test('fromV1PodStatus() takes containers of which no state is told for none: so the plugin of Slurm answers for a pod that it does not know', () => {
  const [entry] = parseV1PodStatuses([
    {
      ...{ name: 'p', UID: '11111111-1111-4111-8111-111111111111', namespace: 'ns', JID: '' },
      containers: [{ name: 'c', state: {}, lastState: {}, ready: false, restartCount: 0, image: '', imageID: '' }],
      initContainers: [{ name: 'i', state: {}, lastState: {}, ready: false, restartCount: 0, image: '', imageID: '' }],
    },
  ]);
  expect(entry && fromV1PodStatus(entry).status).toEqual({ containerStatuses: [] });
});
