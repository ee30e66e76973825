import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { KubeClient, loadClusterAccess, namespaces, pods } from '@interlink/kube';
import { ensureBinaries, startTestbed } from '../test/testbed/index.ts';
import { benchPod } from './bench-pod.ts';
import { usageOf } from './process-usage.ts';
import { growthPerHour } from './scale/growth.ts';
import { startSystem } from './scale/system.ts';
import { waitUntil } from './wait-until.ts';

// Pods come and go, as many in a second as are asked for, while others stay; what grows meanwhile is a leak:
//   node --conditions=interlink-source bench/churn.ts --minutes 30
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    /** Creates in a second, and deletes. */
    rate: { type: 'string', default: '20' },
    /** Pods that are there at any time. */
    standing: { type: 'string', default: '200' },
  },
});
const [rate, standing, runMs] = [Number(values.rate), Number(values.standing), Number(values.minutes) * 60_000];

/** Code is compiled and pools fill up in the first part of a run, of which nothing follows. */
const warmUpShare = 0.25;
const sampleMs = 5_000;

const namespace = 'churn';
const binaries = await ensureBinaries();
const testbed = await startTestbed({ docker: false });
const { controlPlane: cluster } = testbed;
if (cluster === undefined) throw new Error(`No control plane: ${JSON.stringify(testbed.missing)}`);
const directory = join(tmpdir(), `interlink-churn-${process.pid}`);
const client = new KubeClient(await loadClusterAccess({ kubeconfig: cluster.kubeconfig }), { connections: 32 });
await client.create(namespaces, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
await waitUntil(
  async () => (await client.request<{ items: unknown[] }>({ method: 'GET', path: accounts })).items.length > 0,
);
const system = await startSystem('interlink', { directory, cluster, client, binaries, with: new Set() });
try {
  const samples = new Map(Object.keys(system.pids).map((name) => [name, [] as Sample[]]));
  const from = performance.now();
  const sampling = setInterval(() => {
    for (const [name, pid] of Object.entries(system.pids)) samples.get(name)?.push(sampleOf(pid, from));
  }, sampleMs);
  const failures = await churn(from);
  clearInterval(sampling);
  await waitUntil(async () => (await countPods()) === 0);
  report(samples, failures);
} finally {
  await system.stop();
  await client.close();
  await testbed.stop();
  await rm(directory, { recursive: true, force: true });
}

interface Sample {
  readonly hours: number;
  readonly residentMiB: number;
  readonly openFiles: number;
}

function sampleOf(pid: number, from: number): Sample {
  const { residentMiB } = usageOf(pid);
  const hours = (performance.now() - from) / 3_600_000;
  return { hours, residentMiB, openFiles: readdirSync(`/proc/${pid}/fd`).length };
}

/** @returns how many requests of this bench failed */
async function churn(from: number): Promise<number> {
  let failures = 0;
  const count = () => {
    failures += 1;
  };
  const under: Promise<unknown>[] = [];
  let number = 0;
  for (; performance.now() - from < runMs; number += 1) {
    await sleep(Math.max(0, from + (number / rate) * 1_000 - performance.now()));
    const pod = benchPod({
      name: nameOf(number),
      nodeName: system.nodeNames[0] ?? '',
      hasToken: false,
      runSeconds: undefined,
    });
    under.push(client.create(pods, { namespace }, pod).catch(count));
    if (number >= standing) under.push(remove(nameOf(number - standing)).catch(count));
    if (under.length > 1_000) await Promise.all(under.splice(0));
  }
  await Promise.all(under);
  await client.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/pods` });
  return failures;
}

function nameOf(number: number): string {
  return `pod-${number}`;
}

async function remove(name: string): Promise<void> {
  await client.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/pods/${name}` });
}

async function countPods(): Promise<number> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  return (await client.request<{ items: unknown[] }>({ method: 'GET', path })).items.length;
}

function report(samples: ReadonlyMap<string, Sample[]>, failures: number): void {
  process.stdout.write(
    `${rate} creates and deletes/s for ${values.minutes} min, ${standing} pods standing; failed: ${failures}\n`,
  );
  for (const [name, all] of samples) {
    const warm = all.slice(Math.floor(all.length * warmUpShare));
    const [memory, files] = (['residentMiB', 'openFiles'] as const).map((what) => {
      const { first, last, perHour } = growthPerHour(warm.map((sample) => [sample.hours, sample[what]]));
      return `${first.toFixed(0)} → ${last.toFixed(0)}, ${perHour.toFixed(1)} per hour`;
    });
    process.stdout.write(`${name.padEnd(14)}MiB ${memory}; open files ${files}\n`);
  }
}
