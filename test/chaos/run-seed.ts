import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, namespaces } from '@interlink/kube';
import { makeNamespace, runLoad } from './load/run-load.ts';
import type { Plan } from './plan/plan.ts';
import { Laps } from './results/laps.ts';
import type { SeedResult } from './results/seed-result.ts';
import { runFaults } from './run-faults.ts';
import type { ChaosSite } from './site/chaos-site.ts';
import { moveFolder } from './site/move-folder.ts';
import type { Runtime } from './site/runtimes/runtime.ts';
import type { SiteKeeper } from './site/site-keeper.ts';
import { shapeOf } from './site/site-shape.ts';
import { isSettled } from './truth/due.ts';
import { concerning } from './truth/interruptions.ts';
import { isExcused } from './truth/invariants.ts';
import { judge, judgeDeletion } from './truth/judge.ts';
import { leftBehind } from './truth/left-behind.ts';
import type { Breach } from './truth/outcome.ts';
import { ownEndsOf } from './truth/own-ends.ts';
import { WatchRecorder } from './truth/watch-recorder.ts';

export interface SeedOptions {
  readonly sites: SiteKeeper;
  /** Straight to the API server that has no faults. */
  readonly client: KubeClient;
  readonly cluster: string;
  /** Where what a seed that failed has left is kept. */
  readonly keepIn: string;
}

/**
 * After the last fault: the longest wait between two tries (docs/reliability.md has 30 s to 45 s), what is left of the longest life
 * (10 s, with the wait before a second attempt), and with two virtual kubelets the other's turn (17 s).
 */
function settleMs({ kubelets }: Plan, { slowerMs }: Runtime): number {
  return 45_000 + 10_000 + slowerMs + (kubelets === 2 ? 17_000 : 0);
}
/** The same wait once more. */
const cleanMs = ({ slowerMs }: Runtime) => 45_000 + slowerMs;

/** Runs what a plan says, in a namespace of its own, in processes that are new, or that the seed before has left whole. */
export async function runSeed(plan: Plan, options: SeedOptions): Promise<SeedResult> {
  const { seed } = plan;
  const directory = await mkdtemp(join(tmpdir(), 'chaos-'));
  const laps = new Laps();
  let site: ChaosSite | undefined;
  let breaches: Breach[] = [];
  try {
    site = await options.sites.take(shapeOf(plan));
    laps.end('start');
    breaches = await endure({ plan, directory, site, laps }, options);
  } catch (error) {
    breaches = [
      { invariant: 'harness', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    ];
  }
  const faults = plan.faults.map(({ name }) => name);
  const resultOf = (): SeedResult => ({ seed, faults, pods: plan.pods.length, seconds: laps.seconds, breaches });
  if (breaches.length === 0) {
    await rm(directory, { recursive: true });
    if (site !== undefined) await options.sites.giveBack(site);
    return resultOf();
  }
  const logs = join(options.keepIn, `seed-${seed}`);
  await writeFile(join(directory, 'plan.json'), JSON.stringify(plan, undefined, 2));
  await writeFile(join(directory, 'result.json'), JSON.stringify(resultOf(), undefined, 2));
  await rm(logs, { recursive: true, force: true });
  await mkdir(options.keepIn, { recursive: true });
  await moveFolder(directory, logs);
  if (site !== undefined) await options.sites.remove(site, join(logs, 'site'));
  return { ...resultOf(), logs };
}

interface Run {
  readonly plan: Plan;
  readonly directory: string;
  readonly site: ChaosSite;
  readonly laps: Laps;
}

async function endure({ plan, directory, site, laps }: Run, { client, cluster }: SeedOptions): Promise<Breach[]> {
  const name = `chaos-${plan.seed}-${Math.random().toString(36).slice(2, 6)}`;
  const ledger = join(site.runtime.mounted ?? directory, `ledger-${name}`);
  await writeFile(ledger, '');
  await makeNamespace(client, name);
  const recorder = new WatchRecorder(client, name);
  try {
    const [loaded, interruptions] = await Promise.all([
      runLoad({ plan, site, client, namespace: name, ledger }),
      runFaults(site, plan),
    ]);
    laps.end('faults');
    await within(settleMs(plan, site.runtime), () =>
      loaded.every(({ uid, life }) => {
        const sightings = recorder.sightings.filter((seen) => seen.uid === uid);
        const truth = { life, sightings, interruptions: concerning(sightings, interruptions) };
        return isSettled(life, recorder.latest.get(uid), isExcused(truth));
      }),
    );
    laps.end('settle');
    const evidence = { loaded, site, recorder, ledger, interruptions };
    const breaches = await judge(evidence);
    await client.request({ method: 'DELETE', path: `/api/v1/namespaces/${name}/pods` });
    let left: string[] = [];
    // Nothing may come back, either.
    let emptyLooks = 0;
    await within(cleanMs(site.runtime), async () => {
      const unclean = [...recorder.latest.values()]
        .filter(({ isGone }) => !isGone)
        .map(({ uid }) => `pod ${uid} in the API`);
      left = [...unclean, ...(await leftBehind(site, cluster, ledger).catch((error: unknown) => [String(error)]))];
      emptyLooks = left.length === 0 ? emptyLooks + 1 : 0;
      return emptyLooks === 5;
    });
    laps.end('clean');
    return [
      ...breaches,
      ...(await judgeDeletion(evidence, breaches)),
      ...left.map((detail): Breach => ({ invariant: 'left behind', detail })),
      ...ownEndsOf(site, plan),
    ];
  } finally {
    await recorder.stop();
    await writeFile(
      join(directory, 'sightings.ndjson'),
      recorder.sightings.map((one) => `${JSON.stringify(one)}\n`).join(''),
    );
    await client.delete(namespaces, { name });
  }
}

/** Looks until it is so, or the time is over. */
async function within(limitMs: number, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo()) && performance.now() < deadline) await sleep(200);
}
