import {
  fromPodCreateRequests,
  HttpTarget,
  InterLinkError,
  type PodRequest,
  parsePodCreateRequests,
  type StreamRecord,
  type V1PodStatus,
} from '@interlink/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startV1InterLink } from '../../../../test/interop/peers/v1-interlink.ts';
import { on, recorded } from '../../../../test/interop/recordings.ts';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { InterLinkLink } from './interlink-link.ts';
import { InterLinkProvider } from './interlink-provider.ts';

const patience = { timeout: 15_000, interval: 50 };
const conversation = recorded('virtual-kubelet-to-interlink');
const creates = on(conversation, '/create').map(({ request }) => request);
const [full, plain] = creates.map((each) => fromPodCreateRequests(parsePodCreateRequests(each))) as [
  PodRequest,
  PodRequest,
];

/** Our end of the hop, before an InterLink server of another release. */
async function connect() {
  const peer = await startV1InterLink();
  const stop = new AbortController();
  const target = new HttpTarget({ url: peer.url });
  const link = new InterLinkLink(target, keepLogLines().logger, stop.signal, 0);
  const provider = new InterLinkProvider(link, { cluster: 'c', node: 'recnode' }, 'the token of the file token');
  onTestFinished(async () => {
    stop.abort();
    await target.close();
    await peer[Symbol.asyncDispose]();
  });
  return { peer, provider, signal: stop.signal };
}

/** The objects of a list, in the order of their names. */
const contentOf = (objects: unknown) =>
  ((objects ?? []) as Array<{ metadata: { name: string }; data: unknown }>)
    .map(({ metadata, data }) => [metadata.name, data])
    .toSorted();

test('a v1 InterLink is told of a pod in the words of a recorded virtual kubelet', async () => {
  const { peer, provider } = await connect();
  await provider.createPod(full);
  await provider.deletePod(full.pod.metadata.uid, 30);
  const [create] = peer.heard.filter(({ path }) => path === '/create');
  const body = create?.body as Record<string, unknown>;
  const then = creates[0] as Record<string, unknown>;
  expect(Object.keys(body).toSorted()).toEqual(Object.keys(then).toSorted());
  for (const list of ['configmaps', 'secrets', 'projectedvolumesmaps'])
    expect([list, contentOf(body[list])]).toEqual([list, contentOf(then[list])]);
  const verbs = new Map(peer.heard.map(({ method, path }) => [path, method]));
  for (const path of ['/create', '/delete', '/status', '/pinglink'])
    expect([path, verbs.get(path)]).toEqual([path, on(conversation, path)[0]?.method]);
  expect(create?.headers['interlink-http-session']).toMatch(/^CreatePod#\d+$/);
  // The body of a delete is the whole pod.
  expect(peer.heard.at(-1)).toMatchObject({ path: '/delete', body: { metadata: full.pod.metadata } });
});

test('what a v1 InterLink answers when it is polled comes as a stream', async () => {
  const { peer, provider, signal } = await connect();
  const records: StreamRecord[] = [];
  const following = (async () => {
    for await (const record of provider.watchPods({ signal })) records.push(record);
  })();
  following.catch(() => undefined);
  await provider.createPod(full);
  await provider.createPod(plain);
  const stateOf = (uid: string) =>
    records.flatMap((record) => (record.type === 'pod' && record.pod.uid === uid ? [record.pod.status] : [])).at(-1)
      ?.containerStatuses[0]?.state;
  const { uid } = plain.pod.metadata;
  await vi.waitFor(() => expect(stateOf(uid)).toHaveProperty('running'), patience);
  const ended = on(conversation, '/status')
    .flatMap(({ response }) => response as V1PodStatus[])
    .at(-1);
  peer.statuses.set(uid, ended as V1PodStatus);
  await vi.waitFor(() => expect(stateOf(uid)).toMatchObject({ terminated: { exitCode: 0 } }), patience);
  // One question for all pods.
  const polls = peer.heard.filter(({ path, body }) => path === '/status' && (body as unknown[]).length === 2);
  expect(polls.length).toBeGreaterThan(0);
});

test('logs of a v1 InterLink are asked for as a recorded virtual kubelet did', async () => {
  const { peer, provider, signal } = await connect();
  await provider.createPod(plain);
  const log = await provider.logs(plain.pod.metadata.uid, 'c', { tailLines: 5, timestamps: true }, signal);
  expect(Buffer.concat(await Array.fromAsync(log)).toString()).toBe('log\n');
  const then = on(conversation, '/getLogs')[1]?.request as { Opts: object };
  expect(peer.heard.at(-1)).toMatchObject({ method: 'GET', path: '/getLogs', body: { Opts: then.Opts } });
});

test('what v1 can’t do is refused with that reason', async () => {
  const { provider, signal } = await connect();
  const { uid } = full.pod.metadata;
  await provider.createPod(full);
  const calls = {
    exec: provider.exec(uid, 'main', { command: ['ls'], stdin: false, stdout: true, stderr: true, tty: false }, signal),
    portForward: provider.portForward(uid, 80, signal),
    updateVolumes: provider.updateVolumes(uid, []),
    stats: provider.stats(),
  };
  for (const call of Object.values(calls)) {
    const error = await call.then(() => undefined, InterLinkError.from);
    expect(error?.code).toBe('unimplemented');
    expect(error?.message).toMatch(/^InterLink at http:.* speaks protocol v1, which can't /);
  }
  expect((await provider.capabilities()).verbs).toEqual(['create', 'delete', 'log']);
});

test('a ping with resources and taints becomes the pool of the node, an honest failure a warning', async () => {
  const { peer, provider } = await connect();
  const taints = [{ key: 'site.example/full', value: 'yes', effect: 'NoSchedule' }];
  peer.ping = { status: 200, body: JSON.stringify({ status: 'ok', resources: { cpu: '8', pods: '20' }, taints }) };
  expect((await provider.capabilities()).pools).toEqual([
    { name: 'default', capacity: { cpu: '8', pods: '20' }, taints },
  ]);

  const ill = await connect();
  const [ping] = recorded('interlink-to-slurm-plugin');
  ill.peer.ping = { status: 500, body: String(ping?.response) };
  const { pools, warnings } = await ill.provider.capabilities();
  expect([pools, warnings?.at(-1)]).toEqual([[], expect.stringContaining('sinfo stderr')]);
});

test('a pod that a v1 InterLink has already is taken over, one that it lacks is not', async () => {
  const { peer, provider } = await connect();
  peer.pods.set(full.pod.metadata.uid, full.pod);
  expect(await provider.adoptPod(full)).toBe(true);
  expect(await provider.adoptPod(plain)).toBe(false);
  expect(peer.heard.filter(({ path }) => path === '/create')).toEqual([]);
});

test('a v1 InterLink that goes is out of reach', async () => {
  const { peer, provider, signal } = await connect();
  await provider.createPod(plain);
  const over = (async () => {
    for await (const record of provider.watchPods({ signal })) void record;
  })();
  await peer[Symbol.asyncDispose]();
  await over;
  await expect(provider.watchPods({ signal }).next()).rejects.toMatchObject({ code: 'unavailable' });
});
