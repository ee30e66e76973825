import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget, PodClient } from '@interlink/protocol';
import { ClusterCommands, slurmCluster, startTestbed } from '../../test/testbed/index.ts';
import { prepareClusterSidecar } from '../../test/testbed/site/cluster-sidecar.ts';
import { show, spread, timed } from '../show.ts';
import { SidecarPods } from '../sidecar-pods.ts';

/** What exec costs in a container of Apptainer, on the cluster of the testbed, in turns with a bare srun. */
export async function measureClusterExec(rounds: number): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  const testbed = await startTestbed({ controlPlane: false });
  cleanUp.defer(() => testbed.stop());
  const cluster = await slurmCluster(testbed);
  const directory = await mkdtemp(join(tmpdir(), 'interlink-slurm-bench-'));
  cleanUp.defer(() => rm(directory, { recursive: true }));
  const { part, url, token, remove } = await prepareClusterSidecar({ cluster, name: 'bench', directory });
  cleanUp.defer(() => remove());
  await part.start('listening');
  cleanUp.defer(() => part.stop());
  const target = new HttpTarget({ url, token: async () => token });
  cleanUp.defer(() => target.close());
  const pods = new SidecarPods(new PodClient(target, { cluster: 'bench', node: 'bench' }), { image: 'busybox:1.36' });
  cleanUp.defer(() => pods.stop());

  const commands = new ClusterCommands(cluster);
  const uid = await pods.create('exec sleep 1000000');
  const jobId = (await pods.untilRunning(uid)).split('/')[0] ?? '';
  const times = { exec: [] as number[], srun: [] as number[] };
  const argv = ['srun', `--jobid=${jobId}`, '--overlap', '--unbuffered', 'true'];
  for (let round = 0; round < rounds; round += 1) {
    times.exec.push(await timed(async () => await pods.exec(uid, ['true'])));
    times.srun.push(await timed(async () => await commands.run('login', 'alice', argv)));
  }
  await pods.delete([uid]);
  show('24.11, Apptainer: exec of true', spread(times.exec));
  show('24.11: srun --overlap true by hand', spread(times.srun));
}
