import { readdir, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { requestEngine, requestEngineOrThrow } from './engine-api.ts';

/** The engine's answer to `POST /networks/create`, and what it is asked with: its own names. */
export interface NetworkOrder {
  readonly name: string;
  /** Such as `10.150.17.0/24`: containers may ask for addresses in it. */
  readonly subnet: string;
}

/** Containers and networks of an engine, driven by its API. */
export class EngineContainers {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Makes a bridge network. @returns false when the subnet is somebody else's */
  async createNetwork({ name, subnet }: NetworkOrder): Promise<boolean> {
    const body = toJson({ Name: name, Driver: 'bridge', IPAM: { Config: [{ Subnet: subnet }] } });
    const { status, text } = await requestEngine(this.#socket, { method: 'POST', path: '/networks/create', ...body });
    if (status < 300) return true;
    if (text.includes('overlaps')) return false;
    throw new Error(`Cannot make network ${name} (${subnet}): ${status} ${text.trim()}`);
  }

  async removeNetwork(name: string): Promise<void> {
    await this.#remove(`/networks/${name}`);
  }

  /** Makes and starts a container. @param config as in `POST /containers/create` */
  async run(name: string, config: object): Promise<void> {
    await this.#post(`/containers/create?name=${name}`, config);
    await this.start(name);
  }

  async start(name: string): Promise<void> {
    await this.#post(`/containers/${name}/start`);
  }

  /** Ends all of its processes at once. */
  async kill(name: string): Promise<void> {
    await this.#post(`/containers/${name}/kill`);
    await this.#post(`/containers/${name}/wait`);
  }

  async remove(name: string): Promise<void> {
    await this.#remove(`/containers/${name}?force=1&v=1`);
  }

  /** The first process of a running container, as this machine numbers it: the engine lives in a process namespace of its own. */
  async findPid(name: string): Promise<number> {
    const { Id: id } = (await this.#get(`/containers/${name}/json`)) as { Id: string };
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const [cgroup, status] = await Promise.all([readProc(entry, 'cgroup'), readProc(entry, 'status')]);
      if (cgroup.includes(id) && /^NSpid:.*\t1$/m.test(status)) return Number(entry);
    }
    throw new Error(`Cannot find the first process of container ${name}: it does not run`);
  }

  async #get(path: string): Promise<unknown> {
    return await requestEngineOrThrow(this.#socket, { method: 'GET', path });
  }

  async #post(path: string, body?: object): Promise<unknown> {
    return await requestEngineOrThrow(this.#socket, { method: 'POST', path, ...(body && toJson(body)) });
  }

  /** One that is gone by itself, or is being removed by somebody else (409), is no failure. */
  async #remove(path: string): Promise<void> {
    const { status, text } = await requestEngine(this.#socket, { method: 'DELETE', path });
    if (status >= 300 && status !== 404 && status !== 409) throw new Error(`DELETE ${path}: ${status} ${text.trim()}`);
  }
}

function toJson(body: object): { headers: Record<string, string>; body: Readable } {
  return { headers: { 'Content-Type': 'application/json' }, body: Readable.from([JSON.stringify(body)]) };
}

/** Empty when the process has ended. */
function readProc(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
