import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpTarget, PodClient, type PodReport } from '@interlink/protocol';
import type { ChaosApiServer } from './api-server.ts';
import { clockFile, type Members, makeMembers } from './make-members.ts';
import type { Member } from './member.ts';
import type { Role } from './roles.ts';
import type { Runtime } from './runtimes/runtime.ts';
import type { SiteShape } from './site-shape.ts';
import { type Backend, type ChaosSiteOptions, makeSurroundings, type Surroundings } from './surroundings.ts';

/** The whole system, for one run after another: every process its own, and every way between two of them one that can be broken. */
export class ChaosSite {
  readonly shape: SiteShape;
  /** Where its processes write. */
  readonly directory: string;
  readonly members: Members;
  readonly apiServer: ChaosApiServer;
  readonly nodes: Surroundings['nodes'];
  readonly ways: Surroundings['ways'];
  readonly api: Surroundings['api'];
  readonly tokens: Surroundings['tokens'];
  readonly runtime: Runtime;
  readonly #urls: Surroundings['urls'];

  private constructor(around: Surroundings, members: Members) {
    this.shape = around.options.shape;
    this.directory = around.options.directory;
    this.members = members;
    this.apiServer = around.options.apiServer;
    this.nodes = around.nodes;
    this.ways = around.ways;
    this.api = around.api;
    this.tokens = around.tokens;
    this.runtime = around.options.runtime;
    this.#urls = around.urls;
  }

  /** Starts nothing yet. */
  static async prepare(options: ChaosSiteOptions): Promise<ChaosSite> {
    const around = await makeSurroundings(options);
    return new ChaosSite(around, await makeMembers(around));
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
    const token = async () => (await readFile(join(this.directory, '.config/interlink/token'), 'utf8')).trim();
    const target = new HttpTarget({ url: this.#urls[backend], token });
    try {
      return await new PodClient(target, { cluster, node: this.nodes[backend] }).listPods();
    } finally {
      await target.close();
    }
  }

  /** Moves the clock of all processes of this role, if its shape says so from the start. */
  async moveClock(role: Role, seconds: number): Promise<void> {
    await writeFile(clockFile(this.directory, role), String(seconds));
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((member) => member.stop()));
    await Promise.all([this.api, ...Object.values(this.ways)].map((way) => way.close()));
  }
}
