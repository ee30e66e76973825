import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KubeClient, loadClusterAccess, namespaces } from '@interlink/kube';
import { ensureBinaries, startTestbed } from '../test/testbed/index.ts';
import { parseSystem } from './scale/extras.ts';
import { runLoad, type ScaleResult } from './scale/scale-load.ts';
import { printScale, type Row } from './scale/scale-table.ts';
import { type SystemName, startSystem } from './scale/system.ts';
import { waitUntil } from './wait-until.ts';

// Many pods on one virtual node, InterLink and KWOK in turns, each on a control plane of its own:
//   make bench-scale
const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '500,2000,10000' },
    /** `interlink+events+tokens+tls` is InterLink with what an installation has besides. */
    systems: { type: 'string', default: 'kwok,interlink' },
    rounds: { type: 'string', default: '1' },
    /** Pods created in a second: for a load just below what the machine can. */
    rate: { type: 'string' },
    /** More pods that end, 20 in a second, while the others run. */
    exits: { type: 'string', default: '0' },
    idle: { type: 'string', default: '20' },
    /** Run the sources, not the executables. */
    source: { type: 'boolean', default: false },
  },
});

const binaries = values.source ? undefined : await ensureBinaries();
const rows: Row[] = [];
for (let round = 1; round <= Number(values.rounds); round += 1)
  for (const podCount of values.pods.split(',').map(Number))
    for (const name of values.systems.split(',')) {
      const result = await measure(name, podCount);
      rows.push({ round, name, result });
      process.stderr.write(
        `round ${round}: ${name} with ${podCount} pods: ${result.runningPerSecond.toFixed(0)} pods/s\n`,
      );
    }
printScale(rows);

async function measure(name: string, podCount: number): Promise<ScaleResult> {
  const namespace = 'scale';
  const { base, with: extras } = parseSystem(name);
  const testbed = await startTestbed({ docker: false });
  const { controlPlane: cluster } = testbed;
  if (cluster === undefined) throw new Error(`No control plane: ${JSON.stringify(testbed.missing)}`);
  const directory = join(tmpdir(), `interlink-scale-${process.pid}`);
  const client = new KubeClient(await loadClusterAccess({ kubeconfig: cluster.kubeconfig }), { connections: 32 });
  try {
    await client.create(namespaces, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await waitUntil(
      async () => (await client.request<{ items: unknown[] }>({ method: 'GET', path: accounts })).items.length > 0,
    );
    const system = await startSystem(base as SystemName, { directory, cluster, client, binaries, with: extras });
    try {
      return await runLoad(system, {
        ...{ client, cluster, namespace, podCount, hasTokens: extras.has('tokens'), testbed: testbed.directory },
        rate: values.rate === undefined ? undefined : Number(values.rate),
        exits: Number(values.exits),
        idleSeconds: Number(values.idle),
      });
    } finally {
      await system.stop();
    }
  } finally {
    await client.close();
    await testbed.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
