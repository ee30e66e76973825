import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, namespaces, nodes } from '@interlink/kube';
import type { ControlPlaneData } from '../testbed/index.ts';
import { makeNamespace, runLoad } from './load/run-load.ts';
import { makePlan, type Plan } from './plan/plan.ts';
import type { SeedResult } from './results/seed-result.ts';
import { runFaults } from './run-faults.ts';
import type { ChaosApiServer } from './site/api-server.ts';
import { ChaosSite } from './site/chaos-site.ts';
import { isSettled } from './truth/due.ts';
import { judge, judgeDeletion } from './truth/judge.ts';
import { leftBehind } from './truth/left-behind.ts';
import type { Breach } from './truth/outcome.ts';
import { ownEndsOf } from './truth/own-ends.ts';
import { WatchRecorder } from './truth/watch-recorder.ts';

export interface SeedOptions {
  readonly controlPlane: ControlPlaneData;
  readonly apiServer: ChaosApiServer;
  /** Straight to the API server that has no faults. */
  readonly client: KubeClient;
  readonly cluster: string;
  /** Folder of the product's executables. */
  readonly binaries: string;
  /** Where what a seed that failed has left is kept. */
  readonly keepIn: string;
}

/**
 * After the last fault: the longest wait between two tries (docs/reliability.md has 30 s to 45 s), what is left of the longest life
 * (10 s, with the wait before a second attempt), and with two virtual kubelets the other's turn (17 s).
 */
function settleMs({ kubelets }: Plan): number {
  return 45_000 + 10_000 + (kubelets === 2 ? 17_000 : 0);
}
/** The same wait once more. */
const cleanMs = 45_000;

/** Runs what a seed stands for, in processes, nodes and a namespace of its own. */
export async function runSeed(seed: number, options: SeedOptions): Promise<SeedResult> {
  const plan = makePlan(seed);
  const directory = await mkdtemp(join(tmpdir(), 'chaos-'));
  const beganAt = performance.now();
  const seconds: Record<string, number> = {};
  let breaches: Breach[] = [];
  try {
    breaches = await endure(plan, directory, options, seconds);
  } catch (error) {
    breaches = [
      { invariant: 'harness', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    ];
  }
  seconds.total = secondsSince(beganAt);
  const faults = plan.faults.map(({ name }) => name);
  const result: SeedResult = { seed, faults, pods: plan.pods.length, seconds, breaches };
  if (breaches.length === 0) {
    await rm(directory, { recursive: true });
    return result;
  }
  const logs = join(options.keepIn, `seed-${seed}`);
  await writeFile(join(directory, 'plan.json'), JSON.stringify(plan, undefined, 2));
  await writeFile(join(directory, 'result.json'), JSON.stringify(result, undefined, 2));
  await rm(logs, { recursive: true, force: true });
  await mkdir(options.keepIn, { recursive: true });
  await moveFolder(directory, logs);
  return { ...result, logs };
}

async function endure(
  plan: Plan,
  directory: string,
  { controlPlane, apiServer, client, cluster, binaries }: SeedOptions,
  seconds: Record<string, number>,
): Promise<Breach[]> {
  const name = `chaos-${plan.seed}-${Math.random().toString(36).slice(2, 6)}`;
  const ledger = join(directory, 'ledger');
  await writeFile(ledger, '');
  let at = performance.now();
  const lap = (what: string) => {
    seconds[what] = secondsSince(at);
    at = performance.now();
  };
  await makeNamespace(client, name);
  const recorder = new WatchRecorder(client, name);
  const site = await ChaosSite.prepare({ plan, directory, controlPlane, apiServer, binaries, name });
  try {
    await site.start();
    lap('start');
    const [loaded] = await Promise.all([
      runLoad({ plan, site, client, namespace: name, ledger }),
      runFaults(site, plan),
    ]);
    lap('faults');
    await within(settleMs(plan), () => loaded.every(({ uid, life }) => isSettled(life, recorder.latest.get(uid))));
    lap('settle');
    const breaches = await judge({ loaded, site, recorder, ledger });
    await client.request({ method: 'DELETE', path: `/api/v1/namespaces/${name}/pods` });
    let left: string[] = [];
    // Nothing may come back, either.
    let emptyLooks = 0;
    await within(cleanMs, async () => {
      const unclean = [...recorder.latest.values()]
        .filter(({ isGone }) => !isGone)
        .map(({ uid }) => `pod ${uid} in the API`);
      left = [...unclean, ...(await leftBehind(site, cluster, ledger).catch((error: unknown) => [String(error)]))];
      emptyLooks = left.length === 0 ? emptyLooks + 1 : 0;
      return emptyLooks === 5;
    });
    lap('clean');
    return [
      ...breaches,
      ...(await judgeDeletion({ loaded, site, recorder, ledger }, breaches)),
      ...left.map((detail): Breach => ({ invariant: 'left behind', detail })),
      ...ownEndsOf(site, plan),
    ];
  } finally {
    await recorder.stop();
    await writeFile(
      join(directory, 'sightings.ndjson'),
      recorder.sightings.map((one) => `${JSON.stringify(one)}\n`).join(''),
    );
    await site.stop();
    for (const node of Object.values(site.nodes)) await client.delete(nodes, { name: node }).catch(() => undefined);
    await client.delete(namespaces, { name });
  }
}

/** Looks until it is so, or the time is over. */
async function within(limitMs: number, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo()) && performance.now() < deadline) await sleep(200);
}

function secondsSince(at: number): number {
  return Math.round((performance.now() - at) / 100) / 10;
}

/** The temporary folder may be on another disk. */
async function moveFolder(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async () => {
    // Sockets can't be copied.
    await rm(join(from, 'run'), { recursive: true, force: true });
    await cp(from, to, { recursive: true });
    await rm(from, { recursive: true });
  });
}
