import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InterLinkConfig } from '@interlink/sidecar-sdk';
import { expect, onTestFinished, test } from 'vitest';
import { createDockerBackend } from './sidecar.ts';
import { listenAsEngine, usualEngine } from './testing/listening-engine.ts';
import { silent } from './testing/running-pod.ts';

test('createDockerBackend() opens to no pod the socket of the engine that a Docker context names', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'interlink-sidecar-')));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const meta = join(folder, 'contexts', 'meta', createHash('sha256').update('mine').digest('hex'));
  await mkdir(meta, { recursive: true });
  const Host = `unix://${folder}/run/docker.sock`;
  await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: 'mine', Endpoints: { docker: { Host } } }));
  const config: Partial<InterLinkConfig> = { DataRootFolder: join(folder, 'root'), ExportPodData: true };
  const env = { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'mine' };
  const opened = { ...config, 'Docker.HostPaths': [`${folder}/run`] };
  await expect(createDockerBackend(opened as InterLinkConfig, silent, env)).rejects.toThrow(/the engine's socket/);
  await createDockerBackend(config as InterLinkConfig, silent, env);
});

test('a sidecar that finds another engine than that of its pods neither lists it nor does anything there', async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'interlink-sidecar-')));
  onTestFinished(async () => await rm(root, { recursive: true }));
  await mkdir(join(root, '00000000-0000-4000-8000-000000000001', 'volumes'), { recursive: true });
  const config = { DataRootFolder: root, ExportPodData: true } as InterLinkConfig;
  const start = async (ID: string) => {
    const [status, info] = usualEngine['GET /info'] as [number, object];
    const none = { 'GET /volumes': [200, { Volumes: [] }], 'GET /containers/json': [200, []] } as const;
    const { host, asked } = await listenAsEngine({ ...usualEngine, 'GET /info': [status, { ...info, ID }], ...none });
    return { asked, backend: await createDockerBackend(config, silent, { DOCKER_HOST: host }) };
  };
  const before = await start('A');
  expect(await before.backend.list()).toEqual([]);
  const { asked, backend } = await start('B');
  const refusal = { code: 'failed_precondition', message: expect.stringMatching(/ID A\).* ID B\).*set DOCKER_HOST/) };
  await expect(backend.list()).rejects.toMatchObject(refusal);
  const news = {} as Parameters<typeof backend.watch>[0];
  await expect(backend.watch(news, new AbortController().signal)).rejects.toMatchObject(refusal);
  expect(new Set(asked.map(({ call }) => call))).toEqual(new Set(['GET /info', 'GET /version']));
});
