import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createPod, FaultBed, type FaultNode, mockPod, podsOf } from '../test/e2e/faults/fault-bed.ts';
import type { SeenRequest } from '../test/testbed/fault-proxy.ts';
import { startTestbed, waitFor } from '../test/testbed/index.ts';
import { usageOf } from './process-usage.ts';

// What a virtual kubelet costs that knows many pods of which nothing is to be said, on a real API server; then what a change costs:
//   node --conditions=interlink-source bench/idle.ts --pods 5000
const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '60' },
    /** How often the idle time is measured; others may use the processor, so the least counts. */
    repeats: { type: 'string', default: '1' },
    /** Folder of executables (`make all` makes `bin`); default: the sources. */
    binaries: { type: 'string' },
  },
});
const podCount = Number(values.pods);
const changes = 20;
const creators = 32;

const directory = await mkdtemp(join(tmpdir(), 'interlink-idle-'));
const testbed = await startTestbed({ docker: false });
try {
  if (testbed.controlPlane === undefined) throw new Error(`No control plane: ${JSON.stringify(testbed.missing)}`);
  const bed = await FaultBed.open(directory, testbed.controlPlane);
  try {
    const node = await bed.startNode('idle', { binaries: values.binaries });
    await createMany(node, podCount);
    await waitUntilRunning(node, podCount);
    const { cpuSeconds, residentMiB } = usageOf(node.vk.pid);
    print(`${podCount} pods started`, `${cpuSeconds.toFixed(1)} s of processor, ${residentMiB.toFixed(0)} MiB`);
    await node.vk.stop();
    await node.vk.start('backend within reach');
    // What it lists and compares at its start is not idleness.
    await sleep(20_000);
    for (let repeat = 0; repeat < Number(values.repeats); repeat += 1) await measureIdle(node);
    await measureChanges(node);
  } finally {
    await bed.close();
  }
} finally {
  await testbed.stop();
  await rm(directory, { recursive: true });
}

async function createMany(node: FaultNode, count: number): Promise<void> {
  const indexes = Array.from({ length: count }, (_, index) => index).values();
  const create = async () => {
    for (const index of indexes) await createPod(node, mockPod(node, `idle-${index}`));
  };
  await Promise.all(Array.from({ length: creators }, create));
}

async function waitUntilRunning(node: FaultNode, count: number): Promise<void> {
  await waitFor(
    `${count} pods to be Running`,
    async () => (await podsOf(node)).filter(({ status }) => status?.phase === 'Running').length === count,
    { timeoutMs: 300_000, intervalMs: 2_000 },
  );
}

async function measureIdle({ vk, proxy }: FaultNode): Promise<void> {
  const seconds = Number(values.seconds);
  const before = usageOf(vk.pid);
  const seenBefore = proxy.seen.length;
  await sleep(seconds * 1_000);
  const after = usageOf(vk.pid);
  const cpuPercent = ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100;
  print(
    `idle for ${seconds} s with ${podCount} pods`,
    `${cpuPercent.toFixed(2)} % of a core, ${after.residentMiB.toFixed(0)} MiB, ${proxy.seen.length - seenBefore} requests to the Kubernetes API`,
  );
}

async function measureChanges(node: FaultNode): Promise<void> {
  const names = Array.from({ length: changes }, (_, index) => `ending-${index}`);
  for (const name of names) await createPod(node, mockPod(node, name, { 'run-seconds': 15 }));
  await waitUntilRunning(node, podCount + changes);
  const seenBefore = node.proxy.seen.length;
  await waitUntilRunning(node, podCount);
  await sleep(1_000);
  const seen = node.proxy.seen.slice(seenBefore);
  const count = (isWanted: (request: SeenRequest) => boolean) => seen.filter(isWanted).length;
  const patches = count(({ method, path }) => method === 'PATCH' && /\/pods\/[^/]+\/status$/.test(path));
  const lists = count(({ method, path, query }) => method === 'GET' && /\/pods$/.test(path) && !query.has('watch'));
  print(`${changes} status changes`, `${patches} PATCHes of pod status, ${lists} lists of pods`);
}

function print(what: string, result: string): void {
  process.stdout.write(`${what.padEnd(34)} ${result}\n`);
}
