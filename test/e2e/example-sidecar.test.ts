import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget, PodClient, type PodRequest } from '@interlink/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { PATIENCE } from '../testbed/patience.ts';
import { findFreePorts } from '../testbed/process/free-ports.ts';

const example = join(import.meta.dirname, '../../examples/sidecar-memory/sidecar.ts');
const uid = '0f2b6c1e-3a55-4c8e-9d0a-7a1f1f0a9b11';
const request: PodRequest = {
  pod: {
    metadata: { name: 'one', namespace: 'default', uid },
    spec: { containers: [{ name: 'main', image: 'busybox' }] },
  },
  volumes: [],
};

test('the sidecar of CONTRIBUTING.md takes a pod, tells of it, and lets it go', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'interlink-example-'));
  const [port = 0] = await findFreePorts(1);
  const child = spawn(process.execPath, ['--conditions=interlink-source', example], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH, HOME: directory, SIDECARPORT: String(port), LOGLEVEL: 'error' },
  });
  const tokenFile = join(directory, '.config', 'interlink', 'token');
  const target = new HttpTarget({
    url: `http://127.0.0.1:${port}`,
    token: async () => (await readFile(tokenFile, 'utf8')).trim(),
  });
  onTestFinished(async () => {
    child.kill();
    await target.close();
    await rm(directory, { recursive: true, force: true });
  });

  const client = new PodClient(target, { cluster: 'test', node: 'example' });
  await waitFor('the sidecar to answer', async () => await client.capabilities());
  await client.createPod(request);
  expect(await client.listPods()).toMatchObject([
    { uid, status: { containerStatuses: [{ name: 'main', ready: true }] } },
  ]);
  const log = await client.logs(uid, 'main', {}, AbortSignal.timeout(5_000 * PATIENCE));
  expect(Buffer.concat(await Array.fromAsync(log)).toString()).toBe('nothing runs here\n');
  await client.deletePod(uid, 0);
  await waitFor('the pod to be gone', async () => (await client.listPods()).length === 0, { timeoutMs: 10_000 });
});
