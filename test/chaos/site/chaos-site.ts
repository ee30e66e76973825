import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpTarget, PodClient, type PodReport } from '@interlink/protocol';
import type { ControlPlaneData } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { SitePart } from '../../testbed/site/site-part.ts';
import type { Plan } from '../plan/plan.ts';
import type { ChaosApiServer } from './api-server.ts';
import { ApiWay } from './api-way.ts';
import { Member } from './member.ts';
import { TokenFiles } from './token-file.ts';
import { Way } from './way.ts';

const shiftClock = new URL('../../testbed/shift-clock.ts', import.meta.url).pathname;

export type Role = 'kubelet' | 'interlink' | 'sidecar' | 'mock';
export type Backend = 'process' | 'mock';

export interface ChaosSiteOptions {
  readonly plan: Plan;
  readonly directory: string;
  readonly controlPlane: ControlPlaneData;
  readonly apiServer: ChaosApiServer;
  /** Folder of executables: they start in a fraction of the time that the sources take. */
  readonly binaries: string;
  /** New: the nodes are called after it. */
  readonly name: string;
}

/** The whole system for one run: every process its own, and every way between two of them one that can be broken. */
export class ChaosSite {
  readonly nodes: Readonly<Record<Backend, string>>;
  readonly members: Readonly<Record<Role, ReadonlyArray<Member>>>;
  readonly ways: Readonly<Record<'kubelet to interlink' | 'interlink to sidecar', Way>>;
  readonly api: ApiWay;
  readonly apiServer: ChaosApiServer;
  readonly tokens: Readonly<Record<'kubelet' | 'interlink', TokenFiles>>;
  /** Where the process sidecar keeps pods. */
  readonly podsFolder: string;
  readonly #directory: string;
  readonly #cleanUp: AsyncDisposableStack;
  readonly #urls: Readonly<Record<Backend, string>>;

  private constructor(
    parts: Pick<ChaosSite, 'nodes' | 'members' | 'ways' | 'api' | 'apiServer' | 'tokens'> & {
      directory: string;
      cleanUp: AsyncDisposableStack;
      urls: Readonly<Record<Backend, string>>;
    },
  ) {
    this.nodes = parts.nodes;
    this.members = parts.members;
    this.ways = parts.ways;
    this.api = parts.api;
    this.apiServer = parts.apiServer;
    this.tokens = parts.tokens;
    this.podsFolder = join(parts.directory, 'data', 'pods');
    this.#directory = parts.directory;
    this.#cleanUp = parts.cleanUp;
    this.#urls = parts.urls;
  }

  /** Makes files and ways; starts nothing. */
  static async prepare({
    plan,
    directory,
    controlPlane,
    apiServer,
    binaries,
    name,
  }: ChaosSiteOptions): Promise<ChaosSite> {
    const nodes = { process: `${name}-process`, mock: `${name}-mock` };
    await mkdir(join(directory, 'run'), { recursive: true, mode: 0o700 });
    const cleanUp = new AsyncDisposableStack();
    const [mockPort = 0, ...interlinkPorts] = await findFreePorts(1 + plan.replicas);
    const api = await ApiWay.open(controlPlane, apiServer.server);
    const toInterlink = await Way.open({ port: 0 });
    const toSidecar = await Way.open({ path: join(directory, 'run', 'way.sock') });
    for (const way of [api, toInterlink, toSidecar]) cleanUp.defer(() => way.close());
    toInterlink.targets = interlinkPorts.map((port) => ({ port }));
    toSidecar.targets = [{ path: join(directory, 'run', 'sidecar.sock') }];
    const tokens = {
      kubelet: await TokenFiles.make(directory, 'kubelet-token'),
      interlink: await TokenFiles.make(directory, 'interlink-token'),
    };
    const urls = { process: `unix://${join(directory, 'run', 'sidecar.sock')}`, mock: `http://127.0.0.1:${mockPort}` };
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(kubeconfig, plainKubeconfig(api.url), { mode: 0o600 });

    const taken = (by: keyof typeof tokens) => ({ Tokens: [{ Name: by, File: tokens[by].taken }] });
    const configurations: Record<string, object> = {
      vk: {
        InterlinkPort: toInterlink.port,
        VKTokenFile: tokens.kubelet.shown,
        VirtualNodes: Object.values(nodes).map((Name) => ({ Name, KubeletPort: 0 })),
        ...(plan.kubelets === 2 ? { LeaderElection: { Enabled: true, Name: name, Namespace: 'default' } } : {}),
      },
      'process-sidecar': {
        SidecarURL: urls.process,
        DataRootFolder: join(directory, 'data'),
        Auth: taken('interlink'),
      },
      'mock-sidecar': { SidecarPort: mockPort, Auth: taken('interlink') },
    };
    const sidecars = [
      { Name: 'process', URL: `unix://${join(directory, 'run', 'way.sock')}`, Nodes: [nodes.process] },
      { Name: 'mock', URL: urls.mock, Nodes: [nodes.mock] },
    ];
    const Sidecars = sidecars.map((sidecar) => ({ ...sidecar, TokenFile: tokens.interlink.shown }));

    const member = async (
      command: string,
      role: Role,
      more: { args?: string[]; number?: number; keys?: object } = {},
    ) => {
      const folder = join(directory, `${role}-${more.number ?? 0}`);
      await mkdir(folder, { recursive: true });
      const configuration = join(folder, 'InterLinkConfig.yaml');
      // JSON is YAML.
      await writeFile(configuration, JSON.stringify(more.keys ?? configurations[command]));
      const clock = join(directory, `clock-of-${role}`);
      await writeFile(clock, '0');
      const isShifted = plan.faults.some((fault) => fault.name === `clock of ${role} moved`);
      const env = {
        PATH: process.env.PATH ?? '',
        HOME: directory,
        XDG_STATE_HOME: join(folder, 'state'),
        POD_IP: '127.0.0.1',
        INTERLINKCONFIGPATH: configuration,
        ...(isShifted ? { NODE_OPTIONS: `--import=${shiftClock}`, CLOCK_SHIFT_FILE: clock } : {}),
      };
      // Executables load nothing before their own code.
      const program = isShifted ? {} : { binaries };
      return new Member(new SitePart({ name: command, args: more.args ?? [], env, directory: folder, ...program }));
    };
    const args = ['--port', '0', '--kubeconfig', kubeconfig];
    const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
    const members = {
      kubelet: await Promise.all(numbers(plan.kubelets).map((number) => member('vk', 'kubelet', { args, number }))),
      interlink: await Promise.all(
        interlinkPorts.map((InterlinkPort, number) =>
          member('interlink', 'interlink', { number, keys: { InterlinkPort, Sidecars, Auth: taken('kubelet') } }),
        ),
      ),
      sidecar: [await member('process-sidecar', 'sidecar')],
      mock: [await member('mock-sidecar', 'mock')],
    };
    const ways = { 'kubelet to interlink': toInterlink, 'interlink to sidecar': toSidecar };
    return new ChaosSite({ nodes, members, ways, api, apiServer, tokens, directory, cleanUp, urls });
  }

  get all(): ReadonlyArray<Member> {
    return Object.values(this.members).flat();
  }

  /** Returns when the nodes are registered and the backends within reach. */
  async start(): Promise<void> {
    const { kubelet, interlink, sidecar, mock } = this.members;
    // The first to start makes the account's token.
    await Promise.all(sidecar.map((each) => each.start('listening')));
    const [first, ...others] = kubelet;
    await Promise.all([
      ...[...interlink, ...mock].map((each) => each.start('listening')),
      first?.start('backend within reach'),
    ]);
    await Promise.all(others.map((each) => each.start()));
  }

  /** What a backend holds, asked past InterLink and all ways. */
  async held(backend: Backend, cluster: string): Promise<PodReport[]> {
    const token = async () => (await readFile(join(this.#directory, '.config/interlink/token'), 'utf8')).trim();
    const target = new HttpTarget({ url: this.#urls[backend], token });
    try {
      return await new PodClient(target, { cluster, node: this.nodes[backend] }).listPods();
    } finally {
      await target.close();
    }
  }

  /** Moves the clock of all processes of this role, if the plan says so from the start. */
  async moveClock(role: Role, seconds: number): Promise<void> {
    await writeFile(join(this.#directory, `clock-of-${role}`), String(seconds));
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((member) => member.stop()));
    await this.#cleanUp.disposeAsync();
  }
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
