import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CountingProxy } from '../../../../../test/testbed/process/counting-proxy.ts';
import { findFreePorts } from '../../../../../test/testbed/process/free-ports.ts';
import { SitePart } from '../../../../../test/testbed/site/site-part.ts';

/** A virtual kubelet process, and what it sends. */
export interface Replica {
  readonly vk: SitePart;
  /** Bytes that it has sent to the Kubernetes API and to InterLink's place. */
  sentBytes(): { readonly api: number; readonly interLink: number };
}

/** A mock sidecar, and virtual kubelets of the same node that take turns. */
export interface Replicas {
  readonly sidecarUrl: string;
  token(): Promise<string>;
  /** Not started yet. */
  add(name: string): Promise<Replica>;
  close(): Promise<void>;
}

export async function startReplicas(nodeName: string, kubeconfig: string, namespace: string): Promise<Replicas> {
  const directory = await mkdtemp(join(tmpdir(), 'interlink-replicas-'));
  const [sidecarPort = 0] = await findFreePorts(1);
  const general = {
    PATH: process.env.PATH ?? '',
    XDG_CONFIG_HOME: join(directory, 'config'),
    XDG_STATE_HOME: join(directory, 'state'),
    POD_IP: '127.0.0.1',
  };
  const sidecarEnv = { ...general, SIDECARSERVICE: 'mock', SIDECARPORT: String(sidecarPort) };
  const sidecar = new SitePart({ name: 'mock-sidecar', args: [], env: sidecarEnv, directory });
  await sidecar.start('listening');
  const proxies: CountingProxy[] = [];
  const vks: SitePart[] = [];
  const text = await readFile(kubeconfig, 'utf8');
  const apiPort = Number(/server: "?https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]);

  const add = async (name: string): Promise<Replica> => {
    const place = join(directory, name);
    await mkdir(place);
    const [api, interLink] = await Promise.all([CountingProxy.start(apiPort), CountingProxy.start(sidecarPort)]);
    proxies.push(api, interLink);
    const paths = { kubeconfig: join(place, 'kubeconfig'), config: join(place, 'InterLinkConfig.yaml') };
    await writeFile(paths.kubeconfig, text.replace(`:${apiPort}`, `:${api.port}`), { mode: 0o600 });
    await writeFile(paths.config, JSON.stringify({ LeaderElection: { Enabled: true, Namespace: namespace } }));
    const args = ['--nodename', nodeName, '--port', '0', '--kubeconfig', paths.kubeconfig];
    const env = { ...general, INTERLINKPORT: String(interLink.port), INTERLINKCONFIGPATH: paths.config };
    const vk = new SitePart({ name: 'vk', args, env, directory: place });
    vks.push(vk);
    return { vk, sentBytes: () => ({ api: api.sentBytes, interLink: interLink.sentBytes }) };
  };

  return {
    sidecarUrl: `http://127.0.0.1:${sidecarPort}`,
    token: async () => (await readFile(join(directory, 'config', 'interlink', 'token'), 'utf8')).trim(),
    add,
    close: async () => {
      await Promise.all([...vks, sidecar].map(async (part) => await part.kill()));
      for (const proxy of proxies) proxy.close();
      await rm(directory, { recursive: true });
    },
  };
}
