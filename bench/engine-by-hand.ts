import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { json, text } from 'node:stream/consumers';

/** A container as the engine inspects it, as far as it matters here. */
interface Inspected {
  readonly State: { readonly FinishedAt: string };
}

/** The Engine API without any client of Docker's and without anybody's queue: what there is to be compared with. */
export class EngineByHand {
  readonly #socket: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Creates and starts what a pod of one container is made of. @returns the ids, the network's owner first */
  async runPair(sandboxImage: string): Promise<string[]> {
    const sandbox = await this.#run({ Image: sandboxImage, HostConfig: { LogConfig: { Type: 'none' } } });
    const HostConfig = { NetworkMode: `container:${sandbox}`, IpcMode: 'private' };
    return [sandbox, await this.#run({ Image: 'busybox:1.36', Cmd: ['sleep', '1000000'], HostConfig })];
  }

  async remove(ids: ReadonlyArray<string>): Promise<void> {
    await Promise.all(ids.map((id) => this.#ask('DELETE', `/containers/${id}?force=1&v=1`)));
  }

  /** When a container ended, milliseconds since the epoch with their fractions. */
  async finishedAtMs(id: string): Promise<number> {
    const { State } = (await json(await this.#ask('GET', `/containers/${id}/json`))) as Inspected;
    const [, seconds = '', fraction = '0'] = /^(.*?)(\.\d+)?Z$/.exec(State.FinishedAt) ?? [];
    return Date.parse(`${seconds}Z`) + Number(fraction) * 1_000;
  }

  /** The log of a container, followed to its end: bytes of the engine's stream, frames and all. */
  async logStreamBytes(id: string): Promise<number> {
    let bytes = 0;
    const log = await this.#ask('GET', `/containers/${id}/logs?stdout=1&stderr=1&follow=1`);
    for await (const chunk of log as AsyncIterable<Buffer>) bytes += chunk.length;
    return bytes;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #run(body: object): Promise<string> {
    const { Id } = (await json(await this.#ask('POST', '/containers/create', body))) as { Id: string };
    await this.#ask('POST', `/containers/${Id}/start`);
    return Id;
  }

  async #ask(method: string, path: string, body?: object): Promise<IncomingMessage> {
    const headers = { host: 'docker', 'content-type': 'application/json' };
    const sent = request({ socketPath: this.#socket, agent: this.#agent, method, path, headers });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    if ((response.statusCode ?? 0) >= 300) throw new Error(`${method} ${path}: ${await text(response)}`);
    if (method !== 'GET' && path !== '/containers/create') response.resume();
    return response;
  }
}

/** The process of the engine that listens on this socket. */
export function pidOfEngine(socket: string): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [program = '', ...args] = commandLineOf(pid);
    if (program.endsWith('dockerd') && args.includes(`--host=unix://${socket}`)) return Number(pid);
  }
  throw new Error(`No dockerd listens on ${socket}`);
}

function commandLineOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
