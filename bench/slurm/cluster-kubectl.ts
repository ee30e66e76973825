import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeClient, loadClusterAccess, namespaces, type Pod, pods } from '@interlink/kube';
import { kubectl, slurmCluster, startTestbed, type TestbedData } from '../../test/testbed/index.ts';
import { prepareClusterSidecar } from '../../test/testbed/site/cluster-sidecar.ts';
import { Site } from '../../test/testbed/site/site.ts';
import { benchPod } from '../bench-pod.ts';
import { ApiWatch } from '../pod-times.ts';
import { show, spread, timed } from '../show.ts';
import { waitUntil } from '../wait-until.ts';

const namespace = 'bench';

/** Beside a folder that all machines share: one on the login host's own disk, which compute nodes do not see. */
const places = [
  { name: 'shared', config: undefined },
  { name: 'not shared', config: { DataRootFolder: '/var/tmp/interlink-bench', Slurm: { SharedFileSystem: false } } },
] as const;

/** What a user of kubectl sees of pods in Apptainer on the testbed's cluster: how long a command takes, and until an end is told. */
export async function measureClusterKubectl(rounds: number): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  const testbed = await startTestbed({ slurm: true });
  cleanUp.defer(() => testbed.stop());
  const { controlPlane } = testbed;
  if (controlPlane === undefined) throw new Error(`No control plane: ${JSON.stringify(testbed.missing)}`);
  const cluster = await slurmCluster(testbed);
  const client = new KubeClient(await loadClusterAccess({ kubeconfig: controlPlane.kubeconfig }), { connections: 8 });
  cleanUp.defer(() => client.close());
  await client.create(namespaces, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const { name, config } of places) {
    await using placeCleanUp = new AsyncDisposableStack();
    const nodeName = `bench-${name.replace(' ', '-')}`;
    const directory = await mkdtemp(join(tmpdir(), `${nodeName}-`));
    placeCleanUp.defer(() => rm(directory, { recursive: true }));
    const sidecar = await prepareClusterSidecar({ cluster, name: nodeName, directory, config });
    placeCleanUp.defer(() => sidecar.remove());
    const site = await Site.start({ directory, kubeconfig: controlPlane.kubeconfig, nodeName, sidecar });
    placeCleanUp.defer(() => site.stop());
    const watch = new ApiWatch({ client, namespace });
    await watch.start();
    placeCleanUp.defer(() => watch.stop());
    await measureEnds(client, watch, nodeName, `${name}: exit → Succeeded at the API`, rounds);
    await measureExec(testbed, client, watch, nodeName, `${name}: kubectl exec of true`, rounds);
  }
  show(
    'kubectl get --raw /version, by the side',
    spread(await repeat(rounds, () => run(testbed, ['get', '--raw', '/version']))),
  );
}

/** Pods that tell as their last act what the machines' one clock says. */
async function measureEnds(client: KubeClient, watch: ApiWatch, nodeName: string, what: string, rounds: number) {
  const latencies: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const script = 'sleep 2; read -r up rest < /proc/uptime; echo "$up" > /dev/termination-log';
    const uid = await start(client, nodeName, `ends-${nodeName}-${round}`, script);
    const isOver = () => watch.times.get(uid)?.succeeded !== undefined;
    await waitUntil(isOver);
    const sawAt = (watch.times.get(uid)?.succeeded ?? Number.NaN) + uptimeOfClockMs;
    const { status } = await client.get(pods, { namespace, name: `ends-${nodeName}-${round}` });
    const told = status?.containerStatuses?.[0]?.state?.terminated?.message ?? '';
    latencies.push(sawAt - Number(told) * 1_000);
  }
  show(what, spread(latencies));
}

async function measureExec(
  testbed: TestbedData,
  client: KubeClient,
  watch: ApiWatch,
  nodeName: string,
  what: string,
  rounds: number,
) {
  const name = `exec-${nodeName}`;
  const uid = await start(client, nodeName, name, 'exec sleep 1000000');
  await waitUntil(() => watch.times.get(uid)?.running !== undefined);
  const args = ['exec', '--namespace', namespace, name, '--', 'true'];
  show(what, spread(await repeat(rounds, () => run(testbed, args))));
  await client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0 });
}

async function start(client: KubeClient, nodeName: string, name: string, script: string): Promise<string> {
  const plain = benchPod({ name, nodeName, hasToken: false, runSeconds: undefined });
  const containers = [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', script] }];
  const pod: Pod = { ...plain, spec: { ...plain.spec, containers } };
  return (await client.create(pods, { namespace }, pod)).metadata?.uid ?? '';
}

async function run(testbed: TestbedData, args: string[]): Promise<void> {
  const { exitCode, stderr } = await kubectl(testbed, args);
  if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
}

async function repeat(rounds: number, once: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await timed(once));
  return times;
}

/** The testbed's machines are containers: all have the uptime of this one, in hundredths of a second. */
const uptimeOfClockMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000 - performance.now();
