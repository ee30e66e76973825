import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpTarget, Pod, V1PodStatus } from '@interlink/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { startV1Plugin } from '../testing/v1-plugin.ts';

const polls = { timeout: 15_000, interval: 50 };

function podOf(index: number): Pod {
  const uid = `11111111-1111-4111-8111-00000000000${index}`;
  return {
    metadata: { uid, namespace: 'ns', name: `p${index}` },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
  };
}

async function call(target: HttpTarget, path: string, body: unknown) {
  const response = await target.send({ method: 'POST', path, body: JSON.stringify(body) });
  return { status: response.statusCode, text: await response.body.text() };
}

const create = async (target: HttpTarget, pod: Pod, jobscriptURL = '') =>
  await call(target, '/create', { pod, configmaps: null, secrets: null, projectedvolumesmaps: null, jobscriptURL });

const statuses = async (target: HttpTarget, pods: ReadonlyArray<Pod>) =>
  JSON.parse((await call(target, '/status', pods)).text) as V1PodStatus[];

test('statuses of v1 callers come from what was told last: they cost the plugin nothing', async () => {
  const plugin = await startV1Plugin();
  const { target } = await startInterLink(plugin.port);
  const pods = [podOf(1), podOf(2)];
  for (const pod of pods) expect((await create(target, pod)).status).toBe(200);
  await vi.waitFor(async () => {
    const [first] = await statuses(target, pods);
    expect(first?.containers?.[0]?.state).toHaveProperty('running');
  }, polls);
  const before = plugin.seen.length;
  for (let round = 0; round < 50; round += 1) expect(await statuses(target, pods)).toHaveLength(2);
  // Polls of its own go on meanwhile.
  expect(plugin.seen.length - before).toBeLessThan(25);
});

test('after a restart of InterLink a v1 caller’s first status finds its pods, by one question, and a delete reaches the plugin', async () => {
  const plugin = await startV1Plugin();
  const pods = [podOf(1), podOf(2), podOf(3)];
  for (const pod of pods) plugin.pods.set(pod.metadata.uid, pod);
  const { target } = await startInterLink(plugin.port);
  expect((await statuses(target, pods.slice(0, 2))).map(({ name }) => name)).toEqual(['p1', 'p2']);
  const questions = plugin.seen.filter(({ url, body }) => url === '/status' && body !== '[]');
  expect(questions.map(({ body }) => (JSON.parse(body) as Pod[]).length)).toContain(2);
  // The third has never been asked for.
  expect((await call(target, '/delete', pods[2])).status).toBe(200);
  expect([plugin.calls(), [...plugin.pods.keys()]]).toEqual([
    ['/delete'],
    pods.slice(0, 2).map(({ metadata }) => metadata.uid),
  ]);
});

test('a v1 caller’s job-script builder is asked where it is allowed, and refused by its name where it is not', async () => {
  const builder = createServer((_request, response) => response.end('echo built'));
  await new Promise<void>((resolve) => builder.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void builder.close());
  const url = `http://127.0.0.1:${(builder.address() as AddressInfo).port}/build`;
  const plugin = await startV1Plugin();
  const { target } = await startInterLink(plugin.port, {
    config: { JobScriptBuilderURL: url, JobScriptBuildConfig: { site: 'lab' } },
  });
  expect((await create(target, podOf(1), url)).status).toBe(200);
  const sent = plugin.seen.find((request) => request.url === '/create');
  expect(JSON.parse(sent?.body ?? '')).toMatchObject({ jobScript: 'echo built', jobConfig: { site: 'lab' } });
  const refused = await create(target, podOf(2), 'http://169.254.169.254/latest');
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('http://169.254.169.254/latest')]);
  expect(plugin.calls()).toEqual(['/create']);
});

test('with ExportPodData: false a pod with a Secret is refused before a v1 plugin hears of it', async () => {
  const plugin = await startV1Plugin();
  const { target } = await startInterLink(plugin.port, { config: { ExportPodData: false } });
  const { metadata, spec } = podOf(1);
  const pod = { metadata, spec: { ...spec, volumes: [{ name: 'key', secret: { secretName: 'login' } }] } };
  const { status, text } = await create(target, pod);
  expect([status, text]).toEqual([
    422,
    expect.stringContaining('is a ConfigMap or Secret, and ExportPodData is false'),
  ]);
  expect(plugin.calls()).toEqual([]);
});

test('a pod that an InterLink before may have sent waits until the settling time is over, and says so', async () => {
  const plugin = await startV1Plugin();
  const { target } = await startInterLink(plugin.port, { env: { V1SETTLESECONDS: '600' } });
  const { status, text } = await create(target, podOf(1));
  expect([status, JSON.parse(text)]).toMatchObject([503, { reason: 'CreateUnclear' }]);
  expect(plugin.calls()).toEqual([]);
});
