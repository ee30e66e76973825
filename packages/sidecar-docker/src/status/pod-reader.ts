import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import { uidLabel } from '../identity/labels.ts';
import { type EngineContainer, toEngineContainer } from './engine-container.ts';
import { inspectSettled } from './inspect-settled.ts';
import { type PodSnapshot, toSnapshot } from './pod-snapshot.ts';
import { toUnreadPod, type UnreadPod } from './unread-pod.ts';

type Found = NonNullable<ReturnType<typeof toEngineContainer>>;

/** Pods as they are at one moment, and those that are there and can't be read. */
export interface ReadPods {
  readonly pods: ReadonlyArray<PodSnapshot>;
  readonly unread: ReadonlyArray<UnreadPod>;
}

/**
 * Reads pods from the engine. A container is inspected when its state is another than the list says, or when an event was about it:
 * pods that run on cost one line of a list each.
 */
export class PodReader {
  readonly #engine: Engine;
  readonly #known = new Map<string, Found>();
  /** Rises with everything that may have happened: what was asked before is not kept. */
  #news = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Something has happened to the container: it is inspected when it is read next. */
  forget(containerId: string): void {
    this.#news += 1;
    this.#known.delete(containerId);
  }

  /** Something may have happened that nobody told of. */
  forgetAll(): void {
    this.#news += 1;
    this.#known.clear();
  }

  /** One pod, undefined when the engine holds nothing of it. @throws InterLinkError when one of its containers can't be read */
  async readPod(uid: string): Promise<PodSnapshot | undefined> {
    return toSnapshotOf(await this.#inspect(await this.#engine.listContainers(`${uidLabel}=${uid}`)));
  }

  /** All pods of all owners: one list, and an inspection of what may have changed. */
  async readAll(): Promise<ReadPods> {
    const listed = await this.#engine.listContainers(uidLabel);
    const ids = new Set(listed.map(({ Id }) => Id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    const [pods, unread]: [PodSnapshot[], UnreadPod[]] = [[], []];
    const read = async (mine: ReadonlyArray<Docker.ContainerInfo>) => {
      try {
        const snapshot = toSnapshotOf(await this.#inspect(mine));
        if (snapshot !== undefined) pods.push(snapshot);
      } catch (error) {
        const one = toUnreadPod(mine, error);
        if (one !== undefined) unread.push(one);
      }
    };
    await Promise.all([...Map.groupBy(listed, ({ Labels }) => Labels[uidLabel]).values()].map(read));
    return { pods, unread };
  }

  async #inspect(listed: ReadonlyArray<Docker.ContainerInfo>): Promise<Found[]> {
    const found = await Promise.all(
      listed.map(async ({ Id: id, State: state }) => {
        const known = this.#known.get(id);
        return known?.container.status === state ? known : await this.#inspectOne(id);
      }),
    );
    return found.filter((one) => one !== undefined);
  }

  async #inspectOne(id: string): Promise<Found | undefined> {
    const news = this.#news;
    try {
      const found = toEngineContainer(await inspectSettled(async () => await this.#engine.inspectContainer(id)));
      if (found !== undefined && isSteady(found.container) && news === this.#news) this.#known.set(id, found);
      else this.#known.delete(id);
      return found;
    } catch (error) {
      // Removed since it was listed.
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

/** Only an event ends these states. A start that fails leaves the state `created`, with an error. */
function isSteady({ status }: EngineContainer): boolean {
  return status === 'running' || status === 'exited';
}

function toSnapshotOf(found: ReadonlyArray<Found>): PodSnapshot | undefined {
  const [first] = found;
  const containers = found.map(({ container }) => container);
  return first && toSnapshot(first.pod, containers);
}
