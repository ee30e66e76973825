import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import { uidLabel } from '../identity/labels.ts';
import { type EngineContainer, toEngineContainer } from './engine-container.ts';
import { type PodSnapshot, toSnapshot } from './pod-snapshot.ts';

type Found = NonNullable<ReturnType<typeof toEngineContainer>>;

/** Reads pods from the engine. Containers that have ended for good are inspected once. */
export class PodReader {
  readonly #engine: Engine;
  readonly #ended = new Map<string, Found>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** One pod, undefined when the engine holds nothing of it. */
  async readPod(uid: string): Promise<PodSnapshot | undefined> {
    const found = await this.#inspect(await this.#engine.listContainers(`${uidLabel}=${uid}`));
    return toSnapshots(found)[0];
  }

  /** All pods of all owners: one list, and an inspection of what may have changed. */
  async readAll(): Promise<PodSnapshot[]> {
    const listed = await this.#engine.listContainers(uidLabel);
    const ids = new Set(listed.map(({ Id }) => Id));
    for (const id of this.#ended.keys()) if (!ids.has(id)) this.#ended.delete(id);
    return toSnapshots(await this.#inspect(listed));
  }

  async #inspect(listed: ReadonlyArray<Docker.ContainerInfo>): Promise<Found[]> {
    const found = await Promise.all(
      listed.map(async ({ Id: id, State: state }) => {
        const known = state === 'exited' ? this.#ended.get(id) : undefined;
        return known ?? (await this.#inspectOne(id));
      }),
    );
    return found.filter((one) => one !== undefined);
  }

  async #inspectOne(id: string): Promise<Found | undefined> {
    try {
      const found = toEngineContainer(await this.#engine.inspectContainer(id));
      if (found !== undefined && isFinal(found.container)) this.#ended.set(id, found);
      else this.#ended.delete(id);
      return found;
    } catch (error) {
      // Removed since it was listed.
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

/** No sandbox: its restart policy is a note that changes. */
function isFinal({ status, mayRestart, labels }: EngineContainer): boolean {
  return status === 'exited' && !mayRestart && labels.kind !== 'sandbox';
}

function toSnapshots(found: ReadonlyArray<Found>): PodSnapshot[] {
  const byUid = Map.groupBy(found, ({ pod }) => pod.uid);
  return [...byUid.values()].flatMap((mine) =>
    mine[0] === undefined
      ? []
      : [
          toSnapshot(
            mine[0].pod,
            mine.map(({ container }) => container),
          ),
        ],
  );
}
