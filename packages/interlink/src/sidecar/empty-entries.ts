import { randomUUID } from 'node:crypto';
import type { Pod, PodReport } from '@interlink/protocol';
import type { V1Statuses } from './v1-statuses.ts';

/** Whether an entry of `/status` has no container to show. */
export function isEmpty({ status }: PodReport): boolean {
  return status.containerStatuses.length === 0;
}

/**
 * What it means that a v1 plugin names a pod in `/status` without a container. Some answer so for whatever they are asked for, others for a
 * job that waits. So a pod that nobody has ever sent is asked for, too: what is said of that one as well is no sign of a job.
 */
export class EmptyEntries {
  readonly #statuses: V1Statuses;
  /** The same each time: a peer may keep what it is asked for. */
  readonly #strangerUid = randomUUID();
  #areOfJobs = false;

  constructor(statuses: V1Statuses) {
    this.#statuses = statuses;
  }

  /** A pod that the plugin had taken was named without a container, and has them now: such an entry may always be a job's. */
  sawJob(): void {
    this.#areOfJobs = true;
  }

  /** Asks the plugin now. @returns whether entries that are like this one say for certain that the plugin does not have the pod */
  async sayAbsent(pod: Pod): Promise<(entry: PodReport) => boolean> {
    if (this.#areOfJobs) return () => false;
    const stranger = await this.#askForStranger(pod);
    if (stranger === undefined || !isEmpty(stranger)) return () => false;
    return ({ status }) =>
      status.initContainerStatuses === undefined &&
      (status.jobID === undefined) === (stranger.status.jobID === undefined);
  }

  /** @param like has the containers that are asked for, and the node */
  async #askForStranger(like: Pod): Promise<PodReport | undefined> {
    const metadata = { ...like.metadata, uid: this.#strangerUid, name: 'interlink-stranger' };
    try {
      const { reports } = await this.#statuses.ask([{ ...like, metadata }]);
      return reports.get(this.#strangerUid);
    } catch {
      // It answers nothing now: nobody can tell.
      return undefined;
    }
  }
}
