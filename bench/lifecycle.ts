import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { HttpTarget, PodClient } from '@interlink/protocol';
import { sandboxImageName } from '../packages/sidecar-docker/src/sandbox/sandbox-image.ts';
import { startTestbed } from '../test/testbed/index.ts';
import { findFreePorts } from '../test/testbed/process/free-ports.ts';
import { SitePart } from '../test/testbed/site/site-part.ts';

import { EngineByHand, pidOfEngine } from './engine-by-hand.ts';
import { usageOf } from './process-usage.ts';
import { percentile } from './report.ts';
import { SidecarPods } from './sidecar-pods.ts';

// What the Docker sidecar adds to the engine: pods of busybox against the same two containers made by hand, in turns:
//   node --conditions=interlink-source bench/lifecycle.ts --pods 300
const { values } = parseArgs({
  options: {
    /** How many run while nothing happens. */
    pods: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '60' },
    /** Rounds of each way at each degree of parallelism. */
    rounds: { type: 'string', default: '5' },
    parallel: { type: 'string', default: '1,10,50' },
    /** Lengths of a log's lines, each with its end: the log is followed once with each. */
    'line-bytes': { type: 'string', default: '100' },
  },
});
const stay = 'exec sleep 1000000';
const podsAtOnce = 16;
const burstBytes = 1_000_000;
const bursts = 100;
/** Before each piece of output in the engine's stream. */
const frameBytes = 8;

const directory = await mkdtemp(join(tmpdir(), 'interlink-lifecycle-'));
const testbed = await startTestbed({ controlPlane: false });
try {
  if (testbed.docker === undefined) throw new Error(`No Docker Engine: ${JSON.stringify(testbed.missing)}`);
  const { host, socket } = testbed.docker;
  const [port = 0] = await findFreePorts(1);
  const env = { PATH: process.env.PATH ?? '', HOME: directory, DOCKER_HOST: host, SIDECARPORT: String(port) };
  const sidecar = new SitePart({ name: 'docker-sidecar', args: [], env, directory });
  await sidecar.start('listening');
  const token = (await readFile(join(directory, '.config', 'interlink', 'token'), 'utf8')).trim();
  const target = new HttpTarget({ url: `http://127.0.0.1:${port}`, token: async () => token });
  const pods = new SidecarPods(new PodClient(target, { cluster: 'bench', node: 'bench' }), { image: 'busybox:1.36' });
  const engine = new EngineByHand(socket);
  try {
    // The first makes the sandbox's image.
    await measureStarts(pods, engine, { parallel: 1, rounds: 1, isShown: false });
    for (const parallel of values.parallel.split(',').map(Number)) {
      await measureStarts(pods, engine, { parallel, rounds: Number(values.rounds), isShown: true });
    }
    await measureEnds(pods, engine);
    for (const length of values['line-bytes'].split(',')) await measureLog(pods, engine, Number(length));
    await measureIdle(pods, sidecar.pid, pidOfEngine(socket));
  } finally {
    pods.stop();
    engine.close();
    await target.close();
    await sidecar.stop();
  }
} finally {
  await testbed.stop();
  await rm(directory, { recursive: true });
}

async function measureStarts(
  pods: SidecarPods,
  engine: EngineByHand,
  { parallel, rounds, isShown }: { parallel: number; rounds: number; isShown: boolean },
): Promise<void> {
  const times = { pod: [] as number[], hand: [] as number[] };
  const walls = { pod: 0, hand: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const uids: string[] = [];
    walls.pod += await timed(parallel, times.pod, async () => {
      const uid = await pods.create(stay);
      uids.push(uid);
      await pods.untilRunning(uid);
    });
    await pods.delete(uids);
    const ids: string[] = [];
    walls.hand += await timed(parallel, times.hand, async () => {
      ids.push(...(isShown ? await engine.runPair(sandboxImageName) : []));
    });
    // Whoever has a network from another goes first.
    await engine.remove(ids.filter((_, index) => index % 2 === 1));
    await engine.remove(ids.filter((_, index) => index % 2 === 0));
  }
  if (!isShown) return;
  const word = (samples: number[]) => `p50 ${ms(percentile(samples, 0.5))}, p99 ${ms(percentile(samples, 0.99))}`;
  show(`${parallel} at once: created→Running`, word(times.pod));
  show(`${parallel} at once: by hand`, word(times.hand));
  const medians = percentile(times.pod, 0.5) / percentile(times.hand, 0.5);
  show(
    `${parallel} at once: ratio`,
    `${medians.toFixed(2)} of p50, ${(walls.pod / walls.hand).toFixed(2)} until all run`,
  );
}

/** @returns milliseconds until the last was done; each one's own go to the samples */
async function timed(parallel: number, samples: number[], run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      await run();
      samples.push(performance.now() - startedAt);
    }),
  );
  return performance.now() - startedAt;
}

async function measureEnds(pods: SidecarPods, engine: EngineByHand): Promise<void> {
  const samples: number[] = [];
  const uids: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const uid = await pods.create('sleep 0.3; exit 3');
    uids.push(uid);
    const { atMs, id } = await pods.untilEnded(uid);
    samples.push(atMs - (await engine.finishedAtMs(id)));
  }
  await pods.delete(uids);
  show('exit→pushed', `p50 ${ms(percentile(samples, 0.5))}, p99 ${ms(percentile(samples, 0.99))}`);
}

/** Where a follower is slower than the container, the engine's files come round and take what was not read yet. */
async function measureLog(pods: SidecarPods, engine: EngineByHand, lineBytes: number): Promise<void> {
  const line = 'x'.repeat(lineBytes - 1);
  const lines = Math.round(burstBytes / lineBytes);
  const script = `i=0; while [ $i -lt ${bursts} ]; do yes ${line} | head -n ${lines}; i=$((i+1)); sleep 0.1; done`;
  const sent = bursts * lines * lineBytes;
  const follow = async (name: string, read: (uid: string, id: string) => Promise<number>) => {
    const uid = await pods.create(`sleep 1; ${script}`);
    const id = await pods.untilRunning(uid);
    const startedAt = performance.now();
    const received = await read(uid, id);
    const seconds = (performance.now() - startedAt) / 1_000;
    show(name, `${(received / 1e6 / seconds).toFixed(1)} MB/s, ${sent - received} of ${sent} bytes lost`);
    await pods.delete([uid]);
  };
  await follow(`log followed, lines of ${lineBytes} bytes`, async (uid) => await pods.logBytes(uid));
  // Each line has a frame of its own.
  const share = lineBytes / (lineBytes + frameBytes);
  await follow(
    `log followed by hand, lines of ${lineBytes} bytes`,
    async (_, id) => (await engine.logStreamBytes(id)) * share,
  );
}

async function measureIdle(pods: SidecarPods, sidecar: number, dockerd: number): Promise<void> {
  const count = Number(values.pods);
  const todo = Array.from({ length: count }).keys();
  const create = async () => {
    for (const _ of todo) await pods.untilRunning(await pods.create(stay));
  };
  await Promise.all(Array.from({ length: podsAtOnce }, create));
  await sleep(10_000);
  const seconds = Number(values.seconds);
  const before = [sidecar, dockerd].map(usageOf);
  await sleep(seconds * 1_000);
  const after = [sidecar, dockerd].map(usageOf);
  ['docker-sidecar', 'dockerd'].forEach((name, index) => {
    const used = (after[index]?.cpuSeconds ?? 0) - (before[index]?.cpuSeconds ?? 0);
    const resident = after[index]?.residentMiB.toFixed(0);
    show(`idle, ${count} pods: ${name}`, `${((used / seconds) * 100).toFixed(2)} % of a core, ${resident} MiB`);
  });
}

function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}

function show(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(34)} ${value}\n`);
}
