import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startOwnSlurmHost } from '../test/testbed/index.ts';
import { show } from './show.ts';
import { measureClusterExec } from './slurm/cluster-exec.ts';
import { measureClusterKubectl } from './slurm/cluster-kubectl.ts';
import { startHostSidecar } from './slurm/host-sidecar.ts';
import { PodMeasures } from './slurm/pod-measures.ts';
import { measureIdleScripts } from './slurm/script-cost.ts';
import { measureLogWriters } from './slurm/script-logs.ts';

// What the Slurm sidecar adds to Slurm, on a Slurm of this machine: pods without a runtime against sbatch by hand, in turns:
//   node --conditions=interlink-source bench/slurm.ts --parts starts,ends
const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: 'starts,ends,submits,exec,known,cluster-exec,cluster-kubectl,script,logs' },
    rounds: { type: 'string', default: '20' },
    pods: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '60' },
    /** Folder of executables (`make all` makes `bin`), one that the account of the jobs may read; default: the sources. */
    binaries: { type: 'string' },
  },
});
const parts = values.parts.split(',');
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const ofSlurm = ['starts', 'ends', 'submits', 'exec', 'known'];

showLoad('load at the beginning');
if (parts.some((part) => ofSlurm.includes(part))) await measureSidecar();
if (parts.includes('cluster-exec')) await measureClusterExec(rounds);
if (parts.includes('cluster-kubectl')) await measureClusterKubectl(rounds);
if (parts.includes('script')) await measureIdleScripts(seconds);
if (parts.includes('logs')) await measureLogWriters();
showLoad('load at the end');

async function measureSidecar(): Promise<void> {
  await using host = await startOwnSlurmHost();
  const directory = await mkdtemp(join(tmpdir(), 'interlink-slurm-bench-'));
  const sidecar = await startHostSidecar(host, directory, values.binaries);
  const measures = new PodMeasures(host, sidecar);
  try {
    if (parts.includes('starts')) await measures.starts(rounds);
    if (parts.includes('ends')) await measures.ends(rounds * 2);
    if (parts.includes('submits')) await measures.submissions(50, Math.ceil(rounds / 5));
    if (parts.includes('exec')) await measures.commands(rounds);
    if (parts.includes('known')) await measures.known([10, Number(values.pods)], seconds);
  } finally {
    await sidecar.stop();
    await rm(directory, { recursive: true });
  }
}

function showLoad(name: string): void {
  show(name, `${loadavg()[0]?.toFixed(1)} processes wait for 2 cores`);
}
