import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Site } from '../../test/testbed/site/site.ts';
import { waitUntilBackendIsEmpty } from './backend-pods.ts';
import { chooseSidecar } from './choose-sidecar.ts';
import { type DemoCluster, openCluster } from './demo-cluster.ts';
import { DemoPod } from './demo-pod.ts';
import { say, sayNext, title } from './narration.ts';

// The main job, shown: a pod applied with kubectl runs behind a virtual node, and its status and log come back.
//   make demo                     a Kubernetes control plane of its own
//   make demo CLUSTER=existing    the cluster of the present KUBECONFIG
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stop.abort(new Error(`Received ${signal}`)));

const endings: Array<() => Promise<void>> = [];
try {
  await demo();
} catch (error) {
  if (!stop.signal.aborted) {
    process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
} finally {
  for (const end of endings.reverse())
    await end().catch((error: unknown) => process.stderr.write(`Cleaning up: ${String(error)}\n`));
}

async function demo(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'interlink-demo-'));
  endings.push(() => rm(directory, { recursive: true, force: true }));

  title('Cluster');
  const cluster = await openCluster(process.env.CLUSTER ?? 'real', { signal: stop.signal });
  endings.push(() => cluster.close());
  say(cluster.description);

  title('Virtual node');
  const { sidecar, dockerHost, why } = await chooseSidecar(process.env);
  say(`sidecar: ${sidecar}, because ${why}`);
  const site = await startSite(cluster, { directory, sidecar, dockerHost });
  say(`virtual kubelet → InterLink ${site.interlinkUrl} → ${sidecar} sidecar ${site.sidecarUrl}`);
  say(`node ${site.nodeName} is Ready; logs in ${directory}`);

  title('Pod');
  const pod = new DemoPod(cluster);
  endings.push(async () => {
    await pod.remove();
    await waitUntilBackendIsEmpty(site, await pod.clusterId());
  });
  await pod.apply();
  await pod.watch(stop.signal);
  title('Its log');
  process.stdout.write(await pod.logs());

  if (!process.stdout.isTTY) return;
  title('Next');
  sayNext(cluster.environment);
  await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function startSite(
  cluster: DemoCluster,
  options: { directory: string; sidecar: 'docker' | 'process'; dockerHost: string | undefined },
): Promise<Site> {
  const nodeName = 'interlink-demo';
  const site = await Site.start({
    ...options,
    kubeconfig: cluster.kubeconfig,
    nodeName,
    env: cluster.isLocal ? {} : { POD_IP: '' },
  });
  endings.push(async () => {
    await site.stop();
    await cluster.forgetNode(nodeName);
  });
  return site;
}
