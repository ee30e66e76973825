import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeClient, loadClusterAccess, namespaces, nodes } from '@interlink/kube';
import { HttpTarget, InterLinkError, PodClient } from '@interlink/protocol';
import { removeFromBackend, removePodsOf, waitUntilBackendIsEmpty } from './backend-pods.ts';
import { DemoPart } from './demo-part.ts';
import { outliveTheTerminal } from './narration.ts';
import { configFileOf, interlinkUrlOf, renderConfig, type SiteSettings } from './site-settings.ts';

/**
 * A virtual kubelet, InterLink and a sidecar, each a process of its own, until the signal aborts. However it ends, pods, processes and the
 * folder are taken away, whether or not there still is a cluster.
 * @throws InterLinkError when a part ends by itself
 */
export async function keepSite(settings: SiteSettings, signal: AbortSignal): Promise<void> {
  const { directory, nodeName } = settings;
  outliveTheTerminal();
  const endings: Array<() => Promise<unknown>> = [() => rm(directory, { recursive: true, force: true })];
  try {
    const { kubeconfig } = settings;
    const client = new KubeClient(await loadClusterAccess(kubeconfig === undefined ? {} : { kubeconfig }));
    endings.push(() => client.close());
    const { metadata } = await client.get(namespaces, { name: 'kube-system' });
    const owner = { cluster: metadata?.uid ?? '', node: nodeName };
    if (!settings.isEmbedded) endings.push(() => client.delete(nodes, { name: nodeName }));

    await mkdir(join(directory, 'run'), { recursive: true, mode: 0o700 });
    await writeFile(configFileOf(settings), renderConfig(settings), { mode: 0o600 });
    const env = environment(settings);
    const part = (name: string, ...args: string[]) => new DemoPart({ name, args, env, directory });
    const site = [part(`${settings.sidecar}-sidecar`), part('interlink')];
    endings.push(() => Promise.all(site.map((each) => each.stop())));
    const target = new HttpTarget({ url: interlinkUrlOf(settings) });
    const backend = new PodClient(target, owner);
    endings.push(() => target.close());
    // What the virtual kubelet can't end, because the cluster is gone before it, is ended behind its back.
    endings.push(() => removeFromBackend(backend));
    const node = kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig];
    const vk = part('vk', '--port', '0', ...node);
    endings.push(() => vk.stop());
    endings.push(async () => {
      if (await removePodsOf(client, nodeName)) await waitUntilBackendIsEmpty(backend);
    });

    const aborted = new Promise<undefined>((resolve) =>
      signal.addEventListener('abort', () => resolve(undefined), { once: true }),
    );
    const ending = signal.aborted
      ? undefined
      : await Promise.race([aborted, ...[...site, vk].map((each) => each.ended)]);
    if (ending !== undefined) throw new InterLinkError('unavailable', ending);
  } finally {
    for (const end of endings.reverse()) {
      await end().catch((error: unknown) => {
        process.stderr.write(`Cannot clean up: ${InterLinkError.from(error).message}\n`);
      });
    }
  }
}

function environment(settings: SiteSettings): Record<string, string> {
  const { directory, dockerHost, isLocal } = settings;
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'KUBECONFIG'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(kept),
    XDG_CONFIG_HOME: join(directory, 'config'),
    XDG_STATE_HOME: join(directory, 'state'),
    INTERLINKCONFIGPATH: configFileOf(settings),
    ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
    ...(isLocal ? { POD_IP: '127.0.0.1' } : {}),
  };
}
