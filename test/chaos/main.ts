import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { KubeClient, loadClusterAccess, namespaces } from '@interlink/kube';
import { ensureBinaries, startTestbed } from '../testbed/index.ts';
import { makePlan } from './plan/plan.ts';
import { selectSeeds } from './plan/selection.ts';
import { isSiteKind, type SiteKind, siteKinds } from './plan/site-kind.ts';
import { addResult, readResults } from './results/seed-result.ts';
import { renderSummary } from './results/summary.ts';
import { runSeed } from './run-seed.ts';
import { ChaosApiServer } from './site/api-server.ts';
import { startRuntime } from './site/runtimes/start-runtime.ts';
import { SiteKeeper } from './site/site-keeper.ts';

// Seeds that were run before are left out: a run that was ended goes on where it was. One control plane serves all seeds.
//   make chaos FROM=1 TO=200 SITE=docker
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    to: { type: 'string', default: '70' },
    /** Instead: the few seeds that meet every fault. */
    selection: { type: 'boolean', default: false },
    /** What pods run on: plan/site-kind.ts. */
    site: { type: 'string', default: 'process' },
    /** Default: .cache/chaos/<site>/chaos-results.ndjson */
    results: { type: 'string' },
    /** Runs seeds that have a result, too. */
    again: { type: 'boolean', default: false },
  },
});
const { site: kind } = values;
if (!isSiteKind(kind)) throw new Error(`--site is ${kind}: one of ${siteKinds.join(', ')} is wanted`);
const path = resolve(values.results ?? join('.cache/chaos', kind, 'chaos-results.ndjson'));
const known = new Set(values.again ? [] : (await readResults(path)).map(({ seed }) => seed));
const [from, to] = [Number(values.from), Number(values.to)];
const range = () => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
const wanted = values.selection ? selectSeeds(kind) : range();
const seeds = wanted.filter((seed) => !known.has(seed));
let interrupted = false;
process.on('SIGINT', () => {
  interrupted = true;
});

if (seeds.length > 0) await runAll(kind);
const results = (await readResults(path)).filter(({ seed }) => wanted.includes(seed));
process.stdout.write(`\n${renderSummary(kind, results)}`);
process.exit(results.every(({ breaches }) => breaches.length === 0) ? 0 : 1);

async function runAll(kind: SiteKind): Promise<void> {
  const binaries = await ensureBinaries();
  const testbed = await startTestbed({ docker: false });
  const directory = await mkdtemp(join(tmpdir(), 'chaos-api-'));
  try {
    const { controlPlane, missing } = testbed;
    if (controlPlane === undefined) throw new Error(`No control plane: ${JSON.stringify(missing)}`);
    const apiServer = await ChaosApiServer.start(controlPlane, directory);
    const client = new KubeClient(await loadClusterAccess({ kubeconfig: controlPlane.kubeconfig }));
    const cluster = (await client.get(namespaces, { name: 'kube-system' })).metadata?.uid ?? '';
    const runtime = await startRuntime(kind, directory);
    const sites = new SiteKeeper({ controlPlane, apiServer, runtime, binaries, client });
    const options = { sites, client, cluster, keepIn: join(path, '..') };
    for (const seed of seeds) {
      if (interrupted) break;
      const result = await runSeed(makePlan(seed, kind), options);
      await addResult(path, result);
      const { breaches, faults, seconds } = result;
      const verdict =
        breaches.length === 0
          ? 'passed'
          : `FAILED by ${[...new Set(breaches.map(({ invariant }) => invariant))].join(', ')}`;
      process.stdout.write(`seed ${seed}  ${verdict}  ${faults.join(' + ')}  ${JSON.stringify(seconds)}\n`);
    }
    await sites.close();
    await runtime.close();
    await apiServer.stop();
    void client.close();
  } finally {
    await testbed.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
