import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlaneData } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import type { PodLife } from '../plan/pod-life.ts';
import type { ChaosApiServer } from './api-server.ts';
import { ApiWay } from './api-way.ts';
import type { Runtime } from './runtimes/runtime.ts';
import type { SiteShape } from './site-shape.ts';
import { TokenFiles } from './token-file.ts';
import { Way } from './way.ts';

export type Backend = PodLife['backend'];

export interface ChaosSiteOptions {
  readonly shape: SiteShape;
  readonly directory: string;
  readonly controlPlane: ControlPlaneData;
  readonly apiServer: ChaosApiServer;
  /** Below the sidecar. */
  readonly runtime: Runtime;
  /** Folder of executables: they start in a fraction of the time that the sources take. */
  readonly binaries: string;
  /** New: the nodes are called after it. */
  readonly name: string;
}

/** What processes of one site find around them: addresses, the ways there, tokens. */
export interface Surroundings {
  readonly options: ChaosSiteOptions;
  readonly nodes: Readonly<Record<Backend, string>>;
  readonly ways: Readonly<Record<'kubelet to interlink' | 'interlink to sidecar', Way>>;
  readonly api: ApiWay;
  readonly kubeconfig: string;
  /** Of what is called by the first, and of what is called by InterLink. */
  readonly tokens: Readonly<Record<'kubelet' | 'interlink', TokenFiles>>;
  readonly interlinkPorts: ReadonlyArray<number>;
  /** Where sidecars listen, and where the way to the real sidecar begins. */
  readonly urls: Readonly<Record<Backend | 'way', string>>;
  /** DataRootFolder of the real sidecar. */
  readonly dataFolder: string;
}

/** Makes files and ways; starts nothing. */
export async function makeSurroundings(options: ChaosSiteOptions): Promise<Surroundings> {
  const { shape, directory, controlPlane, apiServer, runtime, name } = options;
  const sockets = { real: join(directory, 'run', 'sidecar.sock'), way: join(directory, 'run', 'way.sock') };
  await mkdir(join(directory, 'run'), { recursive: true, mode: 0o700 });
  const [mockPort = 0, ...interlinkPorts] = await findFreePorts(1 + shape.replicas);
  const api = await ApiWay.open(controlPlane, apiServer.server);
  const ways = {
    'kubelet to interlink': await Way.open({ port: 0 }),
    'interlink to sidecar': await Way.open({ path: sockets.way }),
  };
  ways['kubelet to interlink'].targets = interlinkPorts.map((port) => ({ port }));
  ways['interlink to sidecar'].targets = [{ path: sockets.real }];
  const nodes = { real: `${name}-real`, mock: `${name}-mock` };
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, plainKubeconfig(api.url), { mode: 0o600 });
  return {
    options,
    nodes,
    ways,
    api,
    kubeconfig,
    tokens: {
      kubelet: await TokenFiles.make(directory, 'kubelet-token'),
      interlink: await TokenFiles.make(directory, 'interlink-token'),
    },
    interlinkPorts,
    urls: {
      real: `unix://${sockets.real}`,
      way: `unix://${sockets.way}`,
      mock: `http://127.0.0.1:${mockPort}`,
    },
    dataFolder: runtime.dataFolder({ directory, node: nodes.real }),
  };
}

function plainKubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'chaos',
    clusters: [{ name: 'chaos', cluster: { server } }],
    users: [{ name: 'chaos', user: {} }],
    contexts: [{ name: 'chaos', context: { cluster: 'chaos', user: 'chaos' } }],
  });
}
