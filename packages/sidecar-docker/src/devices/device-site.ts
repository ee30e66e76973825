import { Gate } from '../engine/gate.ts';
import type { AnnouncedResources } from '../site/announced-resources.ts';
import type { EngineContainer } from '../status/engine-container.ts';
import type { PodReader } from '../status/pod-reader.ts';
import { failedToStart } from '../status/pod-snapshot.ts';
import { chooseDevices } from './choose-devices.ts';
import { countDevices, type DeviceCounts } from './wanted-devices.ts';

export interface DeviceSiteOptions {
  readonly reader: Pick<PodReader, 'readAll'>;
  readonly announced: AnnouncedResources;
}

/** Gives containers devices of their own. Who has which is in the containers' labels, and nowhere else. */
export class DeviceSite {
  readonly #options: DeviceSiteOptions;
  /** A look at what is held, and the container that is created because of it: nobody else's between the two. */
  readonly #turns = new Gate(1);

  constructor(options: DeviceSiteOptions) {
    this.#options = options;
  }

  /**
   * Creates a container with so many devices.
   * @throws InterLinkError `resource_exhausted` when too few are free now
   */
  async withDevices<T>(wanted: DeviceCounts, create: (devices: string[]) => Promise<T>): Promise<T> {
    return await this.#choose(wanted, [], create);
  }

  /** The same with the devices of an earlier attempt of the container, or others where it has lost them. */
  async withDevicesOf<T>(before: EngineContainer, create: (devices: string[]) => Promise<T>): Promise<T> {
    const { devices = [] } = before.labels;
    return await this.#choose(countDevices(devices), devices, create);
  }

  async #choose<T>(
    wanted: DeviceCounts,
    preferred: ReadonlyArray<string>,
    create: (devices: string[]) => Promise<T>,
  ): Promise<T> {
    if (wanted.size === 0) return await create([]);
    return await this.#turns.run(0, async () => {
      const { announced } = this.#options;
      return await create(chooseDevices(wanted, { announced, held: await this.#held(), preferred }));
    });
  }

  /** By pods of all owners. */
  async #held(): Promise<Set<string>> {
    const { pods, unread } = await this.#options.reader.readAll();
    const holders = pods.flatMap(({ containers }) => containers).filter((container) => !isOver(container));
    const labels = [...holders.map((container) => container.labels), ...unread.flatMap(({ live }) => live)];
    return new Set(labels.flatMap(({ devices = [] }) => devices));
  }
}

/** What has ended is never started again: a restart is another container. */
function isOver(container: EngineContainer): boolean {
  return container.status === 'exited' || container.status === 'dead' || failedToStart(container);
}
