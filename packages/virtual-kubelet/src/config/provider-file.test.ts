import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProviderFile } from './provider-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-provider-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

async function load(text: string, nodeName = 'vk') {
  const file = join(folder, `${crypto.randomUUID()}.cfg`);
  await writeFile(file, text);
  return await loadProviderFile(file, nodeName);
}

const problemsOf = async (text: string) => String(await load(text).catch((error: unknown) => error));

test('loadProviderFile() without a file has nothing to say', async () => {
  expect(await loadProviderFile(undefined, 'vk')).toEqual({
    capacity: {},
    labels: {},
    taints: [],
    kubelet: {},
    warnings: [],
  });
});

test('loadProviderFile() reads the JSON form, of this node alone', async () => {
  const text = JSON.stringify({ vk: { cpu: '2', memory: '32Gi', pods: 128 }, other: { cpu: 'many' } });
  expect(await load(text)).toEqual({
    capacity: { cpu: '2', memory: '32Gi', pods: '128' },
    labels: {},
    taints: [],
    kubelet: {},
    warnings: [],
  });
});

test('loadProviderFile() reads the YAML form', async () => {
  const text = `
Resources:
  CPU: 49
  Memory: 150Gi
  Pods: "60"
  Accelerators:
    - ResourceType: nvidia.com/gpu
      Model: a100
      Available: 2
NodeLabels: [ "pool=gpu", "empty=" ]
NodeTaints:
  - { Key: gpu, Value: only, Effect: NoSchedule }
  - { Key: bare, Effect: NoExecute }
`;
  expect(await load(text)).toEqual({
    capacity: { cpu: '49', memory: '150Gi', pods: '60', 'nvidia.com/gpu': '2' },
    labels: { pool: 'gpu', empty: '' },
    taints: [
      { key: 'gpu', value: 'only', effect: 'NoSchedule' },
      { key: 'bare', effect: 'NoExecute' },
    ],
    kubelet: {},
    warnings: [],
  });
});

test('loadProviderFile() reads where the kubelet port has its certificate from', async () => {
  const { kubelet } = await load(
    'KubeletCertFile: /tls.crt\nKubeletKeyFile: /tls.key\nKubeletCSRSignerName: example.org/serving\nDisableCSR: true\n',
  );
  expect(kubelet).toEqual({
    certFile: '/tls.crt',
    keyFile: '/tls.key',
    csrSignerName: 'example.org/serving',
    disableCsr: true,
  });
  const message = await problemsOf('KubeletCertFile: 7\nKubeletCSRSignerName: serving\nDisableCSR: maybe\n');
  expect(message).toContain('KubeletCertFile is 7: a text is wanted');
  expect(message).toContain('KubeletCSRSignerName is "serving": domain/name is wanted');
  expect(message).toContain('DisableCSR is "maybe": true or false is wanted');
});

test('loadProviderFile() reads how InterLink’s certificate is verified', async () => {
  const { interLink, warnings } = await load('HTTP: { Insecure: true, CaCert: /ca.pem }\n');
  expect([interLink, warnings]).toEqual([{ isInsecure: true, caCertFile: '/ca.pem' }, []]);
  expect((await load('HTTP: { Insecure: false, CaCert: "" }\n')).interLink).toEqual({});
  const message = await problemsOf('HTTP: { Insecure: maybe, CaCert: 7, CACert: /ca.pem }\n');
  expect(message).toContain('HTTP.Insecure is "maybe": true or false is wanted');
  expect(message).toContain('HTTP.CaCert is 7: the path of a file is wanted');
  expect(message).toContain('unknown key HTTP.CACert: Insecure and CaCert are known');
  expect(await problemsOf('HTTP: yes\n')).toContain('HTTP is "yes": a map is wanted');
});

test('loadProviderFile() reads the namespaces to serve, at least one', async () => {
  expect((await load('Namespaces: [team-a, team-b, team-a]\n')).namespaces).toEqual(['team-a', 'team-b']);
  expect((await load('Resources: { CPU: 1 }\n')).namespaces).toBeUndefined();
  for (const text of ['Namespaces: []\n', 'Namespaces: team-a\n', 'Namespaces: [Team_A]\n']) {
    expect(await problemsOf(text)).toContain('a list of names of namespaces is wanted');
  }
});

test('loadProviderFile() tells every problem of the JSON form at once', async () => {
  const message = await problemsOf(JSON.stringify({ vk: { cpu: 'many', memroy: '1Gi', pods: -1 } }));
  expect(message).toContain('vk.cpu is "many": a Kubernetes quantity is wanted');
  expect(message).toContain('unknown key vk.memroy: did you mean memory?');
  expect(message).toContain('vk.pods is -1: a Kubernetes quantity is wanted');
});

test('loadProviderFile() tells every problem of the YAML form at once', async () => {
  const message = await problemsOf(`
Resource: {}
Resources: { CPU: x, Gpus: 1, Accelerators: [ { Available: 1 }, { ResourceType: nvidia.com/gpu } ] }
NodeLabels: [ nolabel, { a: b } ]
NodeTaints: [ { Key: k, Effect: Sometimes }, 7 ]
`);
  for (const problem of [
    'unknown key Resource: did you mean Resources?',
    'Resources.CPU is "x"',
    'unknown key Resources.Gpus',
    'Resources.Accelerators[0].ResourceType is missing',
    'Resources.Accelerators[1].Available is undefined',
    'NodeLabels[0] is "nolabel": key=value is wanted',
    'NodeLabels[1] is {"a":"b"}: key=value is wanted',
    'NodeTaints[0] wants a Key',
    'NodeTaints[1] wants a Key',
  ]) {
    expect(message).toContain(problem);
  }
});

test('loadProviderFile() shows a subnet that is no text as it stands in the file', async () => {
  expect(await problemsOf('PodCIDR: { Subnet: { toString: x } }')).toContain('{"toString":"x"}');
});

test('loadProviderFile() refuses lists and groups that are none, rather than drop a GPU in silence', async () => {
  const message = await problemsOf(
    'Resources: { Accelerators: { ResourceType: gpu } }\nNodeLabels: a=b\nNodeTaints: x\n',
  );
  expect(message).toContain('Resources.Accelerators');
  expect(message).toContain('NodeLabels');
  expect(message).toContain('NodeTaints');
  expect(await problemsOf('Resources: 8\n')).toContain('Resources');
});

test.each([
  ['names another node', '{"other": {"cpu": "1"}}', 'it describes "other"; node "vk" is wanted'],
  ['is empty', '', 'a map is wanted'],
  ['is a list', '[]', 'a map is wanted'],
  ['names no node', '{}', 'it describes no node; node "vk" is wanted'],
  ['is broken', '{"vk": ', 'Cannot read the provider file'],
])('loadProviderFile() refuses a file that %s', async (_, text, message) => {
  await expect(load(text)).rejects.toMatchObject({
    code: 'invalid_argument',
    message: expect.stringContaining(message),
  });
});

test('loadProviderFile() refuses a value that is within itself', async () => {
  expect(await problemsOf('Resources: &r\n  CPU: *r\n')).toContain('an alias stands within what it is an alias of');
});

test('loadProviderFile() refuses a file that is missing, by its name', async () => {
  const missing = join(folder, 'none');
  await expect(loadProviderFile(missing, 'vk')).rejects.toThrow(`Cannot read the provider file ${missing}`);
});

test('loadProviderFile() takes the keys of other releases with a warning each', async () => {
  const { capacity, warnings } = await load('Resources: { CPU: 2 }\nPodIP: 10.0.0.1\nVerboseLogging: true\n');
  expect(capacity).toEqual({ cpu: '2' });
  expect(warnings).toEqual([
    expect.stringMatching(/^PodIP in .* has no effect/),
    expect.stringMatching(/^VerboseLogging in .* has no effect/),
  ]);
});
