import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { parseArgs } from 'node:util';
import { HttpTarget, ownerPath, PodClient } from '@interlink/protocol';
import { findFreePorts } from '../test/testbed/process/free-ports.ts';
import { SitePart } from '../test/testbed/site/site-part.ts';
import { followChanges } from './interlink/follow-changes.ts';
import { callSteadily } from './interlink/steady-calls.ts';
import { usageOf } from './process-usage.ts';
import { show } from './show.ts';

// What InterLink adds: the same calls straight to a sidecar and through InterLink in turns, each a process of its own, tokens on; then its
// fan-out and a forwarded port:
//   node --conditions=interlink-source bench/interlink.ts [--binaries bin]
const { values } = parseArgs({ options: { binaries: { type: 'string' } } });
const owner = { cluster: 'bench', node: 'bench' };
const callsPerSecond = 500;
const seconds = 10;
const rounds = 3;
const podCount = 10_000;
const watcherCount = 50;
const changesPerSecond = 10_000;
const portBytes = 1_000_000_000;

const directory = join(tmpdir(), `interlink-bench-${process.pid}`);
await mkdir(directory, { recursive: true, mode: 0o700 });
const [interlinkPort = 0, sidecarPort = 0, changingPort = 0, behindPort = 0] = await findFreePorts(4);
const parts = {
  sidecar: part('mock-sidecar', interlinkPort, sidecarPort),
  interlink: part('interlink', interlinkPort, sidecarPort),
};
const uid = randomUUID();
try {
  show(
    'load of the machine before',
    loadavg()
      .map((load) => load.toFixed(1))
      .join(' '),
  );
  for (const each of Object.values(parts)) await each.start('listening');
  const token = (await readFile(join(directory, '.config', 'interlink', 'token'), 'utf8')).trim();
  const targetOf = (port: number) => new HttpTarget({ url: `http://127.0.0.1:${port}`, token: async () => token });
  const [direct, through] = [targetOf(sidecarPort), targetOf(interlinkPort)];
  await new PodClient(direct, owner).createPod(podRequest());

  const path = `${ownerPath(owner)}/pods`;
  for (let round = 0; round < rounds; round += 1) {
    await callSteadily('list, straight', direct, path, { callsPerSecond, seconds });
    const before = usageOf(parts.interlink.pid).cpuSeconds;
    await callSteadily('list, through InterLink', through, path, { callsPerSecond, seconds });
    const used = usageOf(parts.interlink.pid).cpuSeconds - before;
    show('InterLink: CPU', `${((used / seconds) * 100).toFixed(0)} % of a core`);
  }

  // Of what the first leaves to the collector nothing may be added by the next.
  for (const gigabyte of ['the first', 'a second', 'a third']) {
    const before = usageOf(parts.interlink.pid).residentMiB;
    await forward(new PodClient(through, owner));
    const after = usageOf(parts.interlink.pid).residentMiB;
    show(`InterLink: resident before and after ${gigabyte} GB`, `${mib(before)}, ${mib(after)}`);
  }
  for (const each of Object.values(parts)) await each.stop();

  const behind = part('interlink', behindPort, changingPort);
  for (const watchers of [1, watcherCount]) {
    await followChanges({
      ...{ owner, token, podCount, watchers, sidecarPort: changingPort, interlinkPort: behindPort, interlink: behind },
      changesPerSecond: watchers === 1 ? changesPerSecond : changesPerSecond / watcherCount,
    });
  }
  show(
    'load of the machine after',
    loadavg()
      .map((load) => load.toFixed(1))
      .join(' '),
  );
} finally {
  await Promise.all(Object.values(parts).map(async (each) => await each.stop()));
  await rm(directory, { recursive: true });
}

function part(name: string, interlink: number, sidecar: number): SitePart {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    INTERLINKPORT: String(interlink),
    SIDECARSERVICE: 'mock',
    SIDECARPORT: String(sidecar),
  };
  return new SitePart({ name, args: [], env, directory, binaries: values.binaries });
}

function podRequest() {
  const metadata = { uid, namespace: 'bench', name: 'bench' };
  return { pod: { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } }, volumes: [] };
}

/** One gigabyte to a port that gives it back. */
async function forward(pods: PodClient): Promise<void> {
  const port: Duplex = await pods.portForward(uid, 80, new AbortController().signal);
  const startedAt = performance.now();
  let most = 0;
  const looking = setInterval(() => {
    most = Math.max(most, usageOf(parts.interlink.pid).residentMiB);
  }, 100);
  const counted = (async () => {
    let received = 0;
    for await (const chunk of port as AsyncIterable<Buffer>) received += chunk.length;
    return received;
  })();
  const chunk = Buffer.alloc(64 * 1024);
  for (let left = portBytes; left > 0; left -= chunk.length) {
    await new Promise<void>((resolve) => port.write(chunk.subarray(0, left), () => resolve()));
  }
  port.end();
  const received = await counted;
  clearInterval(looking);
  if (received !== portBytes) throw new Error(`${received} bytes came of ${portBytes}`);
  show('1 GB through a port, both ways', `${(portBytes / 1_000 / (performance.now() - startedAt)).toFixed(0)} MB/s`);
  show('InterLink: resident at most meanwhile', mib(most));
}

function mib(amount: number): string {
  return `${amount.toFixed(0)} MiB`;
}
