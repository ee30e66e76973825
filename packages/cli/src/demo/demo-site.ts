import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type KubeClient, nodes } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import type { DemoCluster } from './demo-cluster.ts';
import { DemoPart } from './demo-part.ts';

const startTimeoutMs = 60_000;

export interface DemoSiteOptions {
  readonly directory: string;
  readonly cluster: DemoCluster;
  readonly nodeName: string;
  readonly sidecar: 'docker' | 'process';
  readonly dockerHost: string | undefined;
}

/**
 * A virtual kubelet, InterLink and a sidecar, each a process of its own. InterLink and the sidecar listen on unix sockets in a folder that
 * only this account can enter, so they take no port and need no token.
 */
export class DemoSite {
  readonly interlinkUrl: string;
  readonly sidecarUrl: string;
  readonly #options: DemoSiteOptions;
  readonly #parts: DemoPart[] = [];

  constructor(options: DemoSiteOptions) {
    this.#options = options;
    this.interlinkUrl = `unix://${join(options.directory, 'run', 'interlink.sock')}`;
    this.sidecarUrl = `unix://${join(options.directory, 'run', `${options.sidecar}.sock`)}`;
  }

  /** Returns when the node is ready for pods. @throws InterLinkError when a part ends, or it takes too long */
  async start(signal: AbortSignal): Promise<void> {
    const { directory, cluster, nodeName, sidecar } = this.#options;
    await mkdir(join(directory, 'run'), { recursive: true, mode: 0o700 });
    const env = this.#environment();
    const kubeconfig = cluster.kubeconfig === undefined ? [] : ['--kubeconfig', cluster.kubeconfig];
    this.#parts.push(
      new DemoPart({ name: `${sidecar}-sidecar`, args: [], env, directory }),
      new DemoPart({ name: 'interlink', args: [], env, directory }),
      new DemoPart({ name: 'vk', args: ['--nodename', nodeName, '--port', '0', ...kubeconfig], env, directory }),
    );
    const deadline = performance.now() + startTimeoutMs;
    while (!(await isReady(cluster.client, nodeName))) {
      signal.throwIfAborted();
      const ended = this.#parts.find((part) => part.ending !== undefined)?.ending;
      if (ended !== undefined) throw new InterLinkError('unavailable', ended);
      if (performance.now() > deadline) {
        const message = `Node ${nodeName} is not Ready after ${startTimeoutMs / 1_000} s: see the logs in ${directory}`;
        throw new InterLinkError('deadline_exceeded', message);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.stop()));
  }

  #environment(): Record<string, string> {
    const { directory, cluster, dockerHost } = this.#options;
    const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'KUBECONFIG'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    });
    return {
      ...Object.fromEntries(kept),
      XDG_CONFIG_HOME: join(directory, 'config'),
      XDG_STATE_HOME: join(directory, 'state'),
      INTERLINKURL: this.interlinkUrl,
      SIDECARURL: this.sidecarUrl,
      ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
      ...(cluster.isLocal ? { POD_IP: '127.0.0.1' } : {}),
    };
  }
}

async function isReady(client: KubeClient, name: string): Promise<boolean> {
  try {
    const { status } = await client.get(nodes, { name });
    const isTrue = (type: string) => status?.conditions?.some((each) => each.type === type && each.status === 'True');
    return isTrue('Ready') === true && isTrue('InterLinkConnectivity') === true;
  } catch {
    return false;
  }
}
