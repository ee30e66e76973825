import type { ContainerStatus, EphemeralContainer, Pod, PodReport, PodUpdate } from '@interlink/sidecar-sdk';
import { toStatus } from './report.ts';
import type { ResizeState } from './script.ts';

/** What has become of a pod by updates. */
export class PodChanges {
  readonly #debuggers = new Map<string, { container: EphemeralContainer; startedAt: string }>();
  readonly #replaced = new Map<string, { count: number; at: string }>();
  #generation: number | undefined;
  #resize: ResizeState | undefined;

  /**
   * Takes a new spec. @returns the pod as it is from now on
   * @param at RFC 3339, when it happens
   * @param refusal what a change of resources meets, if not success
   */
  take(pod: Pod, update: PodUpdate['pod'], { at, refusal }: { at: string; refusal: ResizeState | undefined }): Pod {
    this.#generation = update.metadata.generation;
    this.#resize = undefined;
    for (const container of update.spec.ephemeralContainers ?? []) {
      if (!this.#debuggers.has(container.name)) this.#debuggers.set(container.name, { container, startedAt: at });
    }
    const containers = pod.spec.containers.map((container) => {
      const wanted = update.spec.containers.find(({ name }) => name === container.name);
      if (wanted === undefined) return container;
      if (wanted.image !== container.image) this.#noteReplaced(container.name, at);
      const isResized = JSON.stringify(wanted.resources) !== JSON.stringify(container.resources);
      if (isResized) this.#resize = refusal;
      const resources = isResized && refusal === undefined ? wanted.resources : container.resources;
      const { resources: _before, ...rest } = container;
      return {
        ...rest,
        ...(wanted.image === undefined ? {} : { image: wanted.image }),
        ...(resources === undefined ? {} : { resources }),
      };
    });
    return { ...pod, spec: { ...pod.spec, containers } };
  }

  /** The report with what an update alone brings. */
  over(report: PodReport): PodReport {
    const { status, uid } = report;
    return {
      ...report,
      status: {
        ...status,
        ...(this.#generation === undefined ? {} : { observedGeneration: this.#generation }),
        ...(this.#resize === undefined ? {} : { resize: { state: this.#resize } }),
        containerStatuses: status.containerStatuses.map((each) => this.#restarted(each)),
        ...(this.#debuggers.size === 0 ? {} : { ephemeralContainerStatuses: this.#debuggerStatuses(uid, status) }),
      },
    };
  }

  #noteReplaced(name: string, at: string): void {
    this.#replaced.set(name, { count: (this.#replaced.get(name)?.count ?? 0) + 1, at });
  }

  #restarted(status: ContainerStatus): ContainerStatus {
    const replaced = this.#replaced.get(status.name);
    if (replaced === undefined) return status;
    const { running, terminated } = status.state;
    const state =
      running !== undefined
        ? { running: { startedAt: replaced.at } }
        : terminated !== undefined
          ? { terminated: { ...terminated, startedAt: replaced.at } }
          : status.state;
    return { ...status, state, restartCount: status.restartCount + replaced.count };
  }

  /** They run as soon as, and no longer than, the pod does. */
  #debuggerStatuses(uid: string, { containerStatuses }: PodReport['status']): ContainerStatus[] {
    const main = containerStatuses[0]?.state;
    return [...this.#debuggers.values()].map(({ container, startedAt }) => {
      if (main?.waiting !== undefined) return toStatus(uid, container, { waiting: { reason: 'ContainerCreating' } });
      const ended = main?.terminated;
      if (ended === undefined) return toStatus(uid, container, { running: { startedAt } });
      const { finishedAt = startedAt } = ended;
      return toStatus(uid, container, { terminated: { exitCode: 137, reason: 'Error', startedAt, finishedAt } });
    });
  }
}
