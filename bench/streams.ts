import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { HttpTarget, PodClient } from '@interlink/protocol';
import { findFreePorts } from '../test/testbed/process/free-ports.ts';
import { SitePart } from '../test/testbed/site/site-part.ts';
import { usageOf } from './process-usage.ts';
import { percentile } from './report.ts';

// What exec and port-forward cost: a client, straight to the mock sidecar and through InterLink, each a process of its own, tokens on:
//   node --conditions=interlink-source bench/streams.ts
const owner = { cluster: 'bench', node: 'bench' };
const uid = randomUUID();
const rounds = 300;
const parallel = 200;
const bytes = 1_000_000_000;
const { signal } = new AbortController();
const outputOnly = { stdin: false, stdout: true, stderr: false, tty: false };

const directory = join(tmpdir(), `interlink-bench-${process.pid}`);
await mkdir(directory, { recursive: true, mode: 0o700 });
const [interlinkPort = 0, sidecarPort = 0] = await findFreePorts(2);
const env = {
  PATH: process.env.PATH ?? '',
  HOME: directory,
  INTERLINKPORT: String(interlinkPort),
  SIDECARSERVICE: 'mock',
  SIDECARPORT: String(sidecarPort),
};
const parts = ['mock-sidecar', 'interlink'].map((name) => new SitePart({ name, args: [], env, directory }));
try {
  for (const part of parts) await part.start('listening');
  const token = (await readFile(join(directory, '.config', 'interlink', 'token'), 'utf8')).trim();
  const targets = { direct: sidecarPort, 'through InterLink': interlinkPort };
  for (const [way, port] of Object.entries(targets)) {
    const target = new HttpTarget({ url: `http://127.0.0.1:${port}`, token: async () => token });
    await measure(way, new PodClient(target, owner));
    await target.close();
  }
  for (const part of parts) {
    const { cpuSeconds, residentMiB } = usageOf(part.pid);
    show(part.name, `${cpuSeconds.toFixed(1)} CPU seconds, ${residentMiB.toFixed(0)} MiB resident`);
  }
} finally {
  await Promise.all(parts.map(async (part) => await part.stop()));
  await rm(directory, { recursive: true });
}

async function measure(way: string, pods: PodClient): Promise<void> {
  const metadata = { uid, namespace: 'bench', name: 'bench' };
  await pods.createPod({ pod: { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } }, volumes: [] });
  const exec = async (command: string[], options = outputOnly) =>
    await pods.exec(uid, 'c', { ...options, command }, signal);
  const once = async () => {
    const startedAt = performance.now();
    await (await exec(['true'])).ended;
    return performance.now() - startedAt;
  };
  for (let round = 0; round < 50; round += 1) await once();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await once());
  show(
    `${way}: exec true`,
    `p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`,
  );

  const startedAt = performance.now();
  await Promise.all(Array.from({ length: parallel }, once));
  show(`${way}: ${parallel} execs at once`, `${(performance.now() - startedAt).toFixed(0)} ms`);

  const head = await exec(['head', '-c', String(bytes), '/dev/zero']);
  await timed(`${way}: output`, async () => await count(head.stdout));
  const cat = await exec(['cat'], { ...outputOnly, stdin: true });
  await timed(`${way}: input and back`, async () => await echo(cat.stdin, cat.stdout));
  const port: Duplex = await pods.portForward(uid, 80, signal);
  await timed(`${way}: port, both ways`, async () => await echo(port, port));
  await pods.deletePod(uid, 0);
}

async function timed(name: string, run: () => Promise<number>): Promise<void> {
  const startedAt = performance.now();
  const received = await run();
  if (received !== bytes) throw new Error(`${received} bytes came of ${bytes}`);
  show(name, `${(bytes / 1_000 / (performance.now() - startedAt)).toFixed(0)} MB/s`);
}

async function echo(input: Writable | undefined, output: Readable | undefined): Promise<number> {
  const received = count(output);
  const chunk = Buffer.alloc(64 * 1024);
  for (let left = bytes; left > 0; left -= chunk.length) {
    await new Promise<void>((resolve) => input?.write(chunk.subarray(0, left), () => resolve()));
  }
  input?.end();
  return await received;
}

async function count(output: Readable | undefined): Promise<number> {
  let received = 0;
  for await (const chunk of (output ?? []) as AsyncIterable<Buffer>) received += chunk.length;
  return received;
}

function show(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(42)}${value}\n`);
}
