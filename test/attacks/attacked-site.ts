import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget, type Owner, ownerPath, type PodRequest } from '@interlink/protocol';
import { vi } from 'vitest';
import { dieWithParent } from '../testbed/process/die-with-parent.ts';
import { findFreePorts } from '../testbed/process/free-ports.ts';

const main = join(import.meta.dirname, '../../packages/cli/src/main.ts');

export const owner: Owner = { cluster: 'c1', node: 'n1' };
export const uid = '11111111-1111-4111-8111-111111111111';
export const podPath = `${ownerPath(owner)}/pods/${uid}`;

export function podRequest(annotations: Record<string, string> = {}): PodRequest {
  return {
    pod: {
      metadata: { uid, namespace: 'default', name: 'p', annotations },
      spec: { containers: [{ name: 'c', image: 'busybox' }] },
    },
    volumes: [],
  };
}

/** InterLink and the mock sidecar, whose containers log a gigabyte a second: each a process of its own, in a home of their own. */
export class AttackedSite implements AsyncDisposable {
  readonly interLinkPort: number;
  readonly sidecarPort: number;
  readonly #home: string;
  readonly #processes: ReadonlyArray<ChildProcess>;

  private constructor(home: string, ports: readonly [number, number], processes: ReadonlyArray<ChildProcess>) {
    [this.interLinkPort, this.sidecarPort] = ports;
    this.#home = home;
    this.#processes = processes;
  }

  static async start(): Promise<AttackedSite> {
    const home = await mkdtemp(join(tmpdir(), 'interlink-attacked-'));
    const [interLink = 0, sidecar = 0] = await findFreePorts(2);
    const config = join(home, 'InterLinkConfig.yaml');
    const script = join(home, 'mock.yaml');
    await writeFile(script, 'pods:\n  - logFlood: { linesPerSecond: 1000000, bytesPerLine: 1000, forSeconds: 3600 }\n');
    const urls = { InterlinkURL: `http://127.0.0.1:${interLink}`, SidecarURL: `http://127.0.0.1:${sidecar}` };
    await writeFile(config, JSON.stringify({ ...urls, Mock: { Script: script } }));
    const env = { PATH: process.env.PATH, HOME: home, LOGLEVEL: 'error', INTERLINKCONFIGPATH: config };
    const processes = ['mock-sidecar', 'interlink'].map((name) => {
      const [file, args] = dieWithParent(process.execPath, ['--conditions=interlink-source', main, name]);
      return spawn(file, [...args], { stdio: ['ignore', 'inherit', 'inherit'], env });
    });
    const site = new AttackedSite(home, [interLink, sidecar], processes);
    await vi.waitFor(async () => {
      const answer = await fetch(`http://127.0.0.1:${interLink}/readyz`);
      if (answer.status !== 200) throw new Error(await answer.text());
    }, 60_000);
    return site;
  }

  /** Whoever may call. */
  async caller(): Promise<HttpTarget> {
    const token = await this.token();
    return new HttpTarget({ url: `http://127.0.0.1:${this.interLinkPort}`, token: async () => token });
  }

  async token(): Promise<string> {
    return (await readFile(join(this.#home, '.config/interlink/token'), 'utf8')).trim();
  }

  /** The most memory that the kernel has counted for either process since its start, MiB: proc(5), `VmHWM`. */
  async peakMiB(): Promise<number> {
    const peaks = await Promise.all(
      this.#processes.map(async ({ pid }) => {
        const status = await readFile(`/proc/${pid}/status`, 'utf8');
        return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
      }),
    );
    return Math.max(...peaks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#processes.map(async (child) => {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }),
    );
    await rm(this.#home, { recursive: true, force: true });
  }
}
