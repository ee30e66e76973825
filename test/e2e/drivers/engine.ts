import { requestEngineOrThrow } from '../../testbed/docker/engine-api.ts';
import type { DockerData } from '../../testbed/index.ts';

/** One container as the engine lists it. */
export interface EngineContainer {
  readonly Id: string;
  /** `created`, `running`, `exited`, … */
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** One volume as the engine lists it. */
interface EngineVolume {
  readonly Name: string;
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

  /** Those that the pod's author wrote down: without the sandbox. */
  async declaredContainersOf(uid: string): Promise<EngineContainer[]> {
    return (await this.containersOf(uid)).filter(isDeclared);
  }

  /** The ids of a node's declared containers, each with its pod's UID: what must be there once and only once. */
  async inventory(nodeName: string): Promise<string[]> {
    const declared = (await this.ofNode(nodeName)).filter(isDeclared);
    return declared.map(({ Id, Labels }) => `${Labels[uidLabel]} docker://${Id}`).sort();
  }

  /** Everything at the engine that belongs to a node. */
  async ofNode(nodeName: string): Promise<EngineContainer[]> {
    const all = await this.#list({ label: [uidLabel] });
    return all.filter(({ Labels }) => Labels[ownerLabel]?.endsWith(`/${nodeName}`));
  }

  /** Names of volumes of pods that have no container any more, whichever node they were of: a volume bears its pod's UID alone. */
  async volumesLeft(): Promise<string[]> {
    const query = new URLSearchParams({ filters: JSON.stringify({ label: [uidLabel] }) });
    const answer = await requestEngineOrThrow(this.#socket, { method: 'GET', path: `/volumes?${query}` });
    const volumes = (answer as { Volumes: EngineVolume[] | null }).Volumes ?? [];
    const held = new Set((await this.#list({ label: [uidLabel] })).map(({ Labels }) => Labels[uidLabel]));
    return volumes.filter(({ Labels }) => !held.has(Labels[uidLabel])).map(({ Name }) => Name);
  }

  /** Gives an image another name: `docker tag`. */
  async tag(image: string, repository: string, tag: string): Promise<void> {
    const query = new URLSearchParams({ repo: repository, tag });
    await requestEngineOrThrow(this.#socket, { method: 'POST', path: `/images/${image}/tag?${query}` });
  }

  /** Sends TERM past everybody: to a container that knows it, this is an end of its own. */
  async terminate({ Id }: EngineContainer): Promise<void> {
    await requestEngineOrThrow(this.#socket, { method: 'POST', path: `/containers/${Id}/kill?signal=TERM` });
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

function isDeclared({ Labels }: EngineContainer): boolean {
  return Labels[kindLabel] !== 'sandbox';
}
