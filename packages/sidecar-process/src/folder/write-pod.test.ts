import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PodFolder } from './pod-folder.ts';
import { writePod } from './write-pod.ts';

test('writePod() keeps no credentials of registries: no image is pulled here', async () => {
  const root = await mkdtemp(join(tmpdir(), 'interlink-pods-'));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  const uid = '0f2b6c1e-3a55-4c8e-9d0a-7a1f1f0a9b11';
  const pod = { metadata: { name: 'pod', namespace: 'ns', uid }, spec: { containers: [{ name: 'main' }] } };
  const registryCredentials = [{ registry: 'reg.example.org', username: 'alice', password: 'open sesame' }];
  const request = { pod, volumes: [], registryCredentials };
  await writePod(root, request, { cluster: 'c', node: 'n' }, '2027-01-01T00:00:00Z');
  const stored = await readFile(join(new PodFolder(root, uid).path, 'request.json'), 'utf8');
  expect(stored).toContain('"main"');
  expect(stored).not.toMatch(/alice|sesame|registryCredentials/);
});
