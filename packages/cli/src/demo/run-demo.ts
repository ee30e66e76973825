import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KubeClient, nodes } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import type { DemoFlags } from '../commands/interlink/demo.ts';
import { typedCommand } from '../typed-command.ts';
import { chooseSidecar } from './choose-sidecar.ts';
import { openCluster } from './demo-cluster.ts';
import { DemoPod } from './demo-pod.ts';
import { DemoSite } from './demo-site.ts';
import { outliveTheTerminal, quote, say, sayEnding, sayNext, title } from './narration.ts';
import { configFileOf, interlinkUrlOf, sidecarUrlOf } from './site-settings.ts';

const nodeName = 'interlink-demo';

/** What is of that name is another demo's, whose pods this one would end with its own. */
async function assertNoSuchNode(client: KubeClient): Promise<void> {
  const found = await client.get(nodes, { name: nodeName }).catch(() => undefined);
  if (found === undefined) return;
  const message = `Node ${nodeName} is there already: another demo runs, or has left it. kubectl delete node ${nodeName} removes what is left`;
  throw new InterLinkError('already_exists', message);
}

/**
 * The main job, shown: a pod runs behind a virtual node, and its states and its log come back. In a terminal it then stays until the
 * signal aborts. However it ends, it takes everything away again that it made.
 * @throws InterLinkError when the pod does not succeed
 */
export async function runDemo(flags: DemoFlags, signal: AbortSignal): Promise<void> {
  const endings: Array<() => Promise<void>> = [];
  outliveTheTerminal();
  signal.addEventListener('abort', sayEnding, { once: true });
  try {
    await show(flags, signal, endings);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const end of endings.reverse()) {
      await end().catch((error: unknown) => {
        process.stderr.write(`Cannot clean up: ${InterLinkError.from(error).message}\n`);
      });
    }
  }
}

async function show(flags: DemoFlags, signal: AbortSignal, endings: Array<() => Promise<void>>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'interlink-demo-'));
  endings.push(() => rm(directory, { recursive: true, force: true }));

  title('A pod on a machine without a kubelet');
  const cluster = await openCluster(flags, directory);
  endings.push(() => cluster.close());
  say('Cluster', cluster.description);
  const { sidecar, dockerHost, why } = await chooseSidecar(flags.sidecar, process.env);
  const { kubeconfig, isLocal, isEmbedded } = cluster;
  if (!isEmbedded) await assertNoSuchNode(cluster.client);
  const settings = { directory, kubeconfig, isLocal, isEmbedded, nodeName, sidecar, dockerHost };
  const site = new DemoSite(settings);
  endings.push(() => site.stop());
  await site.start(cluster.client, signal);
  say('Sidecar', `${sidecarUrlOf(settings)}  ${sidecar}: ${why}`);
  say('InterLink', interlinkUrlOf(settings));
  say('Node', `${nodeName}  Ready; logs in ${directory}`);

  title('Pod busyecho');
  const pod = new DemoPod(cluster.client);
  endings.push(() => pod.remove());
  await pod.create();
  say('created', 'as by kubectl apply -f examples/interlink_mock/payloads/busyecho_k8s.yaml');
  await pod.watch((state) => say('', state), signal);

  title('Its log');
  quote(await pod.log());
  if (!process.stdout.isTTY) return;
  sayNext({ KUBECONFIG: kubeconfig, INTERLINKCONFIGPATH: configFileOf(settings) }, typedCommand('interlink'));
  await site.runUntil(signal);
}
