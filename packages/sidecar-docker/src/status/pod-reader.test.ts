import { InterLinkError } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { type ContainerKind, renderLabels } from '../identity/labels.ts';
import { PodReader } from './pod-reader.ts';

const owner = { cluster: 'k', node: 'n' };
const spec = { containers: [{ name: 'main' }] };

function labelsOf(uid: string, kind: ContainerKind): Record<string, string> {
  const pod = { owner, uid, namespace: 'ns', name: uid, generation: 1, spec };
  const identity = { kind, container: kind === 'sandbox' ? '' : 'main', position: 0, attempt: 0, failuresBefore: 0 };
  return renderLabels(pod, { ...identity, image: '', imageId: '', devices: ['nvidia.com/gpu=0'] });
}

/** An engine with one container for each name, `<pod>-<kind>`. @param broken why its inspection fails, by container */
function readerOf(
  labels: Readonly<Record<string, Record<string, string>>>,
  broken: Readonly<Record<string, InterLinkError>>,
): PodReader {
  const listed = Object.entries(labels).map(([Id, Labels]) => ({ Id, Labels, State: 'running' }));
  const engine = {
    listContainers: async (label: string) => {
      const [name = '', value] = label.split('=');
      return listed.filter((one) => value === undefined || one.Labels[name] === value);
    },
    inspectContainer: async (id: string) => {
      if (broken[id] !== undefined) throw broken[id];
      const State = { Status: 'running', ExitCode: 0, StartedAt: '', FinishedAt: '' };
      return { Id: id, State, Created: '', Config: { Labels: labels[id] }, HostConfig: {}, NetworkSettings: {} };
    },
  };
  return new PodReader(engine as unknown as Engine);
}

const two = {
  'a-sandbox': labelsOf('a', 'sandbox'),
  'a-main': labelsOf('a', 'container'),
  'b-sandbox': labelsOf('b', 'sandbox'),
};

test.each<[string, InterLinkError]>([
  ['does not answer', new InterLinkError('deadline_exceeded', 'not answered')],
  ['fails', new InterLinkError('internal', 'a dead file system')],
])('PodReader reads other pods beside one of which the engine %s', async (_, error) => {
  const reader = readerOf(two, { 'a-main': error });
  const { pods, unread } = await reader.readAll();
  expect(pods.map(({ pod }) => pod.uid)).toEqual(['b']);
  expect(unread).toMatchObject([
    { pod: { uid: 'a', owner, spec }, error, live: [{}, { devices: ['nvidia.com/gpu=0'] }] },
  ]);
  await expect(reader.readPod('a')).rejects.toBe(error);
  expect((await reader.readPod('b'))?.pod.uid).toBe('b');
});

test('PodReader takes no pod for one without a container whose labels it does not understand', async () => {
  const labels = { ...labelsOf('a', 'sandbox'), 'interlink.eu/lifecycle': '{' };
  const reader = readerOf({ ...two, 'a-sandbox': labels, 'c-sandbox': { 'interlink.eu/pod-uid': 'c' } }, {});
  const { pods, unread } = await reader.readAll();
  expect(pods.map(({ pod }) => pod.uid)).toEqual(['b']);
  expect(unread).toMatchObject([{ pod: { uid: 'a', owner, spec }, error: { code: 'data_loss' } }]);
  await expect(reader.readPod('a')).rejects.toMatchObject({ code: 'data_loss' });

  const alone = await readerOf({ 'a-sandbox': labels, 'b-sandbox': two['b-sandbox'] }, {}).readAll();
  expect(alone.unread).toMatchObject([{ pod: { uid: 'a', owner, spec: { containers: [] } } }]);
});

test('PodReader has nothing to say when the engine is away, and takes a container that is gone for gone', async () => {
  const away = new InterLinkError('unavailable', 'connect ECONNREFUSED');
  await expect(readerOf(two, { 'a-main': away }).readAll()).rejects.toBe(away);
  const gone = { 'a-main': new InterLinkError('not_found', 'no such container') };
  const { pods, unread } = await readerOf(two, gone).readAll();
  expect([pods.length, unread]).toEqual([2, []]);
});
