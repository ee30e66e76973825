import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InterLinkConfig } from '@interlink/sidecar-sdk';
import { expect, onTestFinished, test } from 'vitest';
import { createDockerBackend } from './sidecar.ts';
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
