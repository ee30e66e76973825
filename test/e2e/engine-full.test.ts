import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HttpTarget, PodClient, type PodReport } from '@interlink/protocol';
import { describe, expect, inject, test } from 'vitest';
import { SmallDisk } from '../../packages/sidecar-docker/src/testing/small-disk.ts';
import { startTestbed, waitFor } from '../testbed/index.ts';
import { findFreePorts } from '../testbed/process/free-ports.ts';
import { SitePart } from '../testbed/site/site-part.ts';
import { untilTerm } from './drivers/pods.ts';

const { docker: shared } = inject('testbed');

// An engine of its own: nobody else's containers are to meet a full disk.
describe.skipIf(shared === undefined)('an engine whose disk is full', () => {
  test('takes no pod, says why, lets pods go, and goes on when there is room', async () => {
    await using undo = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'interlink-engine-full-'));
    undo.defer(async () => await rm(directory, { recursive: true, force: true }));
    const testbed = await startTestbed({ controlPlane: false });
    undo.defer(async () => await testbed.stop());
    const { host = '', socket = '' } = testbed.docker ?? {};
    const disk = undo.use(await SmallDisk.mount(join(dirname(socket), 'data', 'containers'), 1_024, socket));
    const [port = 0] = await findFreePorts(1);
    const env = { PATH: process.env.PATH ?? '', HOME: directory, DOCKER_HOST: host, SIDECARPORT: String(port) };
    const sidecar = new SitePart({ name: 'docker-sidecar', args: [], env, directory });
    await sidecar.start('listening');
    undo.defer(async () => await sidecar.stop());
    const token = (await readFile(join(directory, '.config', 'interlink', 'token'), 'utf8')).trim();
    const target = new HttpTarget({ url: `http://127.0.0.1:${port}`, token: async () => token });
    undo.defer(async () => await target.close());
    const client = new PodClient(target, { cluster: 'tests', node: 'full' });
    const create = async (uid: string) => await client.createPod({ pod: podOf(uid), volumes: [] });
    const isRunning = async (uid: string) =>
      stateOf((await client.listPods()).find((report) => report.uid === uid))?.running !== undefined;

    const [first, second] = [randomUUID(), randomUUID()];
    await create(first);
    await waitFor('the first pod', async () => await isRunning(first), { timeoutMs: 60_000 });
    await disk.fill();
    await expect(create(second)).rejects.toMatchObject({
      code: 'resource_exhausted',
      message: expect.stringContaining('no space left on device'),
    });
    expect(await isRunning(first)).toBe(true);
    await client.deletePod(first, 1);
    await waitFor('the first pod to go', async () => (await client.listPods()).length === 0, { timeoutMs: 60_000 });
    await disk.free();
    await create(second);
    await waitFor('the second pod', async () => await isRunning(second), { timeoutMs: 60_000 });
    await client.deletePod(second, 1);
    await waitFor('the second pod to go', async () => (await client.listPods()).length === 0, { timeoutMs: 60_000 });
  });
});

function podOf(uid: string) {
  const main = { name: 'main', image: 'busybox:1.36', command: ['/bin/sh', '-c', untilTerm] };
  return { metadata: { uid, namespace: 'ns', name: `p-${uid.slice(0, 8)}` }, spec: { containers: [main] } };
}

function stateOf(report: PodReport | undefined) {
  return report?.status.containerStatuses[0]?.state;
}
