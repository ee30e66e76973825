import { type Owner, type Pod, PodClient, type PodRequest } from '@interlink/protocol';
import { expect, test, vi } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { runningStatus, startV1Plugin, type V1PluginOptions } from '../testing/v1-plugin.ts';

const owner: Owner = { cluster: 'c1', node: 'n1' };
const [one, two] = ['11111111-1111-4111-8111-000000000001', '11111111-1111-4111-8111-000000000002'];
/** Two polls, and some time for a busy machine. */
const polls = { timeout: 15_000, interval: 50 };

const request = (uid: string): PodRequest => ({
  pod: {
    metadata: { uid, namespace: 'ns', name: `p${uid.slice(-1)}` },
    spec: { containers: [{ name: 'c', image: 'busybox' }] },
  },
  volumes: [],
});

/** A v2 client of InterLink before a v1 plugin. */
async function start(options: V1PluginOptions = {}) {
  const plugin = await startV1Plugin(options);
  const { target } = await startInterLink(plugin.port);
  return { plugin, target, client: new PodClient(target, owner) };
}

const stateOf = async (client: PodClient, uid: string) =>
  (await client.listPods()).find((report) => report.uid === uid)?.status.containerStatuses[0]?.state;

test('a v1 plugin behind InterLink says what it can and can’t do', async () => {
  const { client } = await start();
  const capabilities = await client.capabilities();
  expect(capabilities).toMatchObject({ protocolVersions: ['v1'], queues: true });
  expect(capabilities.verbs).not.toContain('list');
});

test('a pod goes to a v1 plugin once, runs, keeps its job id, and ends there when it is deleted', async () => {
  const { client, plugin } = await start();
  await client.createPod(request(one));
  await client.createPod(request(one));
  expect(plugin.calls()).toEqual(['/create']);
  expect(await stateOf(client, one)).toEqual({ waiting: { reason: 'ContainerCreating' } });
  await vi.waitFor(async () => expect(await stateOf(client, one)).toHaveProperty('running'), polls);
  expect((await client.listPods())[0]?.status.jobID).toBe('job-1');
  await client.deletePod(one, 30);
  expect(plugin.calls()).toEqual(['/create', '/delete']);
  expect(plugin.pods.size).toBe(0);
  await vi.waitFor(async () => expect(await client.listPods()).toEqual([]), polls);
});

test('a pod that a v1 plugin names only, taken before InterLink started, ends there when it is deleted', async () => {
  const statusOf = (pod: Pod) => ({ ...runningStatus(pod), containers: [] });
  const { client, plugin, target } = await start({ statusOf });
  const { pod } = request(one);
  const metadata = { ...pod.metadata, annotations: { JobID: 'job-1' } };
  plugin.pods.set(one, { ...pod, metadata });
  await client.deletePod(one, 30);
  // InterLink has not heard of it yet: v1 has no delete by UID.
  expect(plugin.calls()).toEqual([]);
  expect(await client.adoptPod({ pod: { ...pod, metadata }, volumes: [] })).toBe(false);
  await new PodClient(target, { ...owner, node: 'n2' }).deletePod(one, 30);
  expect(plugin.calls()).toEqual([]);
  await client.deletePod(one, 30);
  expect([plugin.calls(), plugin.pods.size]).toEqual([['/delete'], 0]);
});

test('the files of a pod at a v1 plugin can’t be updated: InterLink says so, and asks the plugin nothing', async () => {
  const { client, plugin } = await start();
  await client.createPod(request(one));
  const files = [{ path: 'key', mode: 0o644, data: '' }];
  await expect(client.updateVolumes(one, [{ name: 'files', files }])).rejects.toMatchObject({
    code: 'unimplemented',
    message: expect.stringContaining('"interlink-v1" can\'t update the volumes of a pod'),
  });
  expect((await client.capabilities()).verbs).not.toContain('updateVolumes');
  expect(plugin.calls()).toEqual(['/create']);
});

test('a v1 plugin is sent one object with its verbs', async () => {
  const { client, plugin } = await start();
  await client.createPod(request(one));
  const created = plugin.seen.find(({ url }) => url === '/create');
  expect(created).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(created?.body ?? '')).toMatchObject({
    pod: { metadata: { uid: one } },
    container: [{ name: 'c', configMaps: [], secrets: [], projectedvolumemaps: [], emptyDirs: [] }],
  });
  expect(plugin.seen.find(({ url }) => url === '/status')?.method).toBe('GET');
});

test('a v1 plugin is sent the values of Secrets once, and in no poll', async () => {
  const { client, plugin } = await start();
  const env = [{ name: 'PASSWORD', value: 'hunter2' }];
  const { pod } = request(one);
  const spec = {
    initContainers: [{ name: 'i', image: 'busybox', env }],
    containers: [{ name: 'c', image: 'busybox', env, command: ['login'], args: ['--password=hunter2'] }],
  };
  await client.createPod({ pod: { ...pod, spec }, volumes: [] });
  await vi.waitFor(async () => expect(await stateOf(client, one)).toHaveProperty('running'), polls);
  const bodies = (path: string) => plugin.seen.filter(({ url }) => url === path).map(({ body }) => body);
  expect(bodies('/create').join()).toContain('hunter2');
  const asked = bodies('/status').filter((body) => body.includes(one));
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.join()).not.toContain('hunter2');
});

test.each([
  ['an object, 201', { status: 201, body: { PodUID: one, PodJID: '42' } }],
  ['a list of one', { body: [{ PodUID: one, PodJID: '42' }] }],
])('a v1 plugin may answer a create with %s', async (_, answer) => {
  const { client } = await start({ create: () => answer });
  await client.createPod(request(one));
  expect((await client.listPods())[0]?.status.jobID).toBe('42');
});

test.each([
  ['nothing', { body: '' }, 'internal', /answered create with nothing/],
  ['blanks', { body: ' \n' }, 'internal', /answered create with nothing/],
  ['no JSON', { body: 'submitted' }, 'internal', /no JSON/],
  ['an error', { status: 500, body: 'sbatch: error: invalid partition "gpu"' }, 'internal', /invalid partition "gpu"/],
  ['a refusal', { status: 400, body: 'no GPUs here' }, 'invalid_argument', /no GPUs here/],
])('a create that a v1 plugin answers with %s is an error', async (_, answer, code, message) => {
  const { client } = await start({ create: () => answer });
  const error = await client.createPod(request(one)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
});

test('a create asks for the pod first, and takes over one that a v1 plugin runs already', async () => {
  const { client, plugin } = await start();
  plugin.pods.set(one, request(one).pod);
  await client.createPod(request(one));
  expect(plugin.calls()).toEqual([]);
  expect(await stateOf(client, one)).toHaveProperty('running');
});

test('an answer of a v1 plugin that never ends fills no memory', async () => {
  const { client } = await start({ create: () => ({ body: { PodUID: one, PodJID: 'x'.repeat(2 * 1024 * 1024) } }) });
  await expect(client.createPod(request(one))).rejects.toThrow('The answer is longer than 1048576 bytes');
});

test('a pod that is missing from three answers is gone, one that is missing once is not', async () => {
  let absences = 0;
  const { client, plugin } = await start({
    statusOf: (pod) => {
      if (pod.metadata.uid === two) return runningStatus(pod);
      absences += 1;
      // Each absence is looked up once more.
      return absences > 2 && absences <= 4 ? runningStatus(pod) : undefined;
    },
  });
  await client.createPod(request(one));
  await client.createPod(request(two));
  await vi.waitFor(async () => expect(await stateOf(client, one)).toHaveProperty('running'), polls);
  await vi.waitFor(async () => expect((await client.listPods()).map(({ uid }) => uid)).toEqual([two]), polls);
  expect(absences).toBeGreaterThanOrEqual(8);
  // Nobody has told the plugin to end it.
  expect(plugin.calls()).toEqual(['/create', '/create']);
});

test('a v1 plugin that answers for the first pod only loses none', async () => {
  const asked: number[] = [];
  const { client, plugin } = await start();
  await client.createPod(request(one));
  await client.createPod(request(two));
  const { pods } = plugin;
  const { get } = pods;
  // In one answer, only the first pod that is looked up is there.
  pods.get = (uid) => {
    const { body } = plugin.seen.at(-1) ?? { body: '[]' };
    const list = JSON.parse(body) as Array<{ metadata: { uid: string } }>;
    asked.push(list.length);
    return list[0]?.metadata.uid === uid ? get.call(pods, uid) : undefined;
  };
  for (const uid of [one, two]) {
    await vi.waitFor(async () => expect(await stateOf(client, uid)).toHaveProperty('running'), polls);
  }
  expect(asked.at(-1)).toBe(1);
});

test('logs of a v1 plugin come as they are, with its options', async () => {
  const { client, plugin } = await start({ log: 'one\ntwo\n' });
  await client.createPod(request(one));
  const log = await client.logs(one, 'c', { tailLines: 5, timestamps: true }, AbortSignal.timeout(5_000));
  expect(Buffer.concat(await log.toArray()).toString()).toBe('one\ntwo\n');
  expect(JSON.parse(plugin.seen.find(({ url }) => url === '/getLogs')?.body ?? '')).toMatchObject({
    Namespace: 'ns',
    PodUID: one,
    PodName: 'p1',
    ContainerName: 'c',
    Opts: { Tail: 5, Timestamps: true, Follow: false },
  });
});

test('a pod of another owner is not found', async () => {
  const { client, target } = await start();
  await client.createPod(request(one));
  const other = new PodClient(target, { cluster: 'c1', node: 'other' });
  expect(await other.listPods()).toEqual([]);
  await expect(other.deletePod(one, 0)).rejects.toMatchObject({ code: 'not_found' });
  await expect(other.logs(one, 'c', {}, AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: 'not_found' });
});
