import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InterLinkConfig, PodRequest, PodSpec } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDockerBackend } from './sidecar.ts';
import { listenAsEngine, usualEngine } from './testing/listening-engine.ts';
import { silent } from './testing/running-pod.ts';

const owner = { cluster: 'c', node: 'n' };
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-render-'));
});
afterEach(async () => await rm(root, { recursive: true }));

async function backendOn(answers: typeof usualEngine) {
  const { host, asked } = await listenAsEngine(answers);
  const config: Partial<InterLinkConfig> = { DataRootFolder: root, ExportPodData: true, 'Docker.HostPaths': ['/usr'] };
  return { backend: await createDockerBackend(config as InterLinkConfig, silent, { DOCKER_HOST: host }), asked };
}

const request = (volumes: object[], ...volumeMounts: object[]): PodRequest => ({
  pod: {
    metadata: { name: 'p', namespace: 'ns', uid: '00000000-0000-4000-8000-000000000001' },
    spec: { containers: [{ name: 'c', image: 'app:1', volumeMounts }], volumes } as PodSpec,
  },
  volumes: [],
});
const at = (name: string, more: object = {}) => ({ name, mountPath: '/at', ...more });

test.each<[string, PodRequest, RegExp]>([
  ['nfs', request([{ name: 'v', nfs: { server: 's', path: '/' } }], at('v')), /type nfs is not supported/],
  ['a host path', request([{ name: 'v', hostPath: { path: '/' } }], at('v')), /hostPath \/ is in none of the folders/],
  ['a sub-path', request([{ name: 'v', emptyDir: {} }], at('v', { subPath: '../../x' })), /not a path inside a volume/],
  [
    'huge pages',
    request([{ name: 'v', emptyDir: { medium: 'HugePages' } }], at('v')),
    /medium HugePages is not offered/,
  ],
  ['an undeclared volume', request([], at('v')), /mounts volume v, which the pod does not declare/],
])('render() refuses %s in the words of create()', async (_, pod, message) => {
  const { backend } = await backendOn(usualEngine);
  const refusalOf = async (work: Promise<unknown>) =>
    await work.then(
      () => undefined,
      (error: unknown) => error,
    );
  const refusal = await refusalOf(backend.render(pod, owner));
  expect(refusal).toMatchObject({ code: 'failed_precondition', message: expect.stringMatching(message) });
  expect(await refusalOf(backend.create(pod, owner))).toEqual(refusal);
});

test('render() refuses volumes of a folder that the engine does not have', async () => {
  const answers = {
    ...usualEngine,
    'POST /containers/create': [400, { message: 'bind source path does not exist' }],
  } as const;
  const { backend } = await backendOn(answers);
  await expect(backend.render(request([{ name: 'v', emptyDir: {} }], at('v')), owner)).rejects.toThrow(
    /is not there for the Docker Engine/,
  );
});

test('render() tells of mounts what they are: sub-path, propagation, to read only', async () => {
  const { backend, asked } = await backendOn(usualEngine);
  const volumes = [
    { name: 'cfg', configMap: { name: 'c' } },
    { name: 'tmp', emptyDir: {} },
    { name: 'host', hostPath: { path: '/usr' } },
  ];
  const mounts = [at('cfg'), at('tmp', { subPath: 'a' }), at('host', { mountPropagation: 'HostToContainer' })];
  const { parts } = await backend.render(request(volumes, ...mounts), owner);
  expect(parts[1]?.body).toMatchObject({
    HostConfig: {
      Mounts: [
        { Type: 'bind', Source: '<volume cfg>', Target: '/at', ReadOnly: true },
        { Type: 'volume', VolumeOptions: { Subpath: 'a' }, ReadOnly: false },
        { Type: 'bind', Source: '/usr', BindOptions: { Propagation: 'rslave' }, ReadOnly: false },
      ],
    },
  });
  // One container to look whether folders are shared, which is never started.
  expect(asked.filter(({ call }) => call.includes('containers')).map(({ call }) => call)).toEqual([
    'POST /containers/create',
    'DELETE /containers/made',
  ]);
});
