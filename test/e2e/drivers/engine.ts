import { requestEngineOrThrow } from '../../testbed/docker/engine-api.ts';
import type { DockerData } from '../../testbed/index.ts';

/** One container as the engine lists it. */
export interface EngineContainer {
  readonly Id: string;
  /** `created`, `running`, `exited`, … */
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** The sidecar's own labels, which this project promises to users: `docker ps --filter label=…`. */
const uidLabel = 'interlink.eu/pod-uid';
const ownerLabel = 'interlink.eu/owner';
const kindLabel = 'interlink.eu/kind';

/** The testbed's Docker Engine, looked at past the sidecar. */
export class EngineView {
  readonly #socket: string;

  constructor({ socket }: DockerData) {
    this.#socket = socket;
  }

  /** All containers of a pod, its sandbox among them, stopped ones too: `docker ps -a --filter label=…`. */
  async containersOf(uid: string): Promise<EngineContainer[]> {
    return await this.#list({ label: [`${uidLabel}=${uid}`] });
  }

  /** The containers that a node's pods declare, without sandboxes, by pod UID. */
  async declaredByUid(nodeName: string): Promise<Map<string, EngineContainer[]>> {
    const declared = (await this.ofNode(nodeName)).filter(({ Labels }) => Labels[kindLabel] !== 'sandbox');
    return Map.groupBy(declared, ({ Labels }) => Labels[uidLabel] ?? '');
  }

  /** Everything at the engine that belongs to a node. */
  async ofNode(nodeName: string): Promise<EngineContainer[]> {
    const all = await this.#list({ label: [uidLabel] });
    return all.filter(({ Labels }) => Labels[ownerLabel]?.endsWith(`/${nodeName}`));
  }

  /** Gives an image another name: `docker tag`. */
  async tag(image: string, repository: string, tag: string): Promise<void> {
    const query = new URLSearchParams({ repo: repository, tag });
    await requestEngineOrThrow(this.#socket, { method: 'POST', path: `/images/${image}/tag?${query}` });
  }

  async remove(containers: ReadonlyArray<EngineContainer>): Promise<void> {
    const remove = async ({ Id }: EngineContainer) =>
      await requestEngineOrThrow(this.#socket, { method: 'DELETE', path: `/containers/${Id}?force=1&v=1` });
    await Promise.all(containers.map(remove));
  }

  async #list(filters: Record<string, string[]>): Promise<EngineContainer[]> {
    const query = new URLSearchParams({ all: '1', filters: JSON.stringify(filters) });
    const answer = await requestEngineOrThrow(this.#socket, { method: 'GET', path: `/containers/json?${query}` });
    return answer as EngineContainer[];
  }
}
