import type { Container, ContainerStatus, PodReportStatus } from '@interlink/sidecar-sdk';
import type { PodKnowledge, Waiting } from '../report.ts';
import type { PodSnapshot } from '../status/pod-snapshot.ts';
import type { Eviction } from '../volumes/eviction-note.ts';
import { backOffMs } from './back-off.ts';

/**
 * What this process does and remembers for one pod: the creation under way, why containers wait, when a failed start may be
 * tried again. All of it may be lost at any moment; the engine and the pod's owner bring back what matters.
 */
export class PodWork implements PodKnowledge {
  readonly problems = new Map<string, Waiting>();
  readonly debuggers = new Map<string, string>();
  readonly replacing = new Map<string, ContainerStatus>();
  /** Of containers for which updates brought other ones. */
  readonly images = new Map<string, string>();
  /** Of containers that were not created yet when an update came. */
  readonly resources = new Map<string, Container['resources']>();
  generation: number | undefined;
  /** This sidecar has ended the pod. */
  eviction: Eviction | undefined;
  /** The pod as it was when all had ended, kept while its containers are being removed one after another. */
  lastSnapshot: PodSnapshot | undefined;
  /** The files of a create are still to be written: what is newer has to wait, or it would be overwritten. */
  areVolumesDue = false;
  readonly #cancel = new AbortController();
  readonly #failures = new Map<string, { count: number; retryAt: number }>();
  #creating: Promise<void> | undefined;
  readonly #updating = new Set<Promise<void>>();
  readonly #turns = new Map<string, Promise<void>>();
  #hurry = new AbortController();
  #resizing = new AbortController();
  #resize: PodReportStatus['resize'];

  get isBeingCreated(): boolean {
    return this.#creating !== undefined;
  }

  /** Aborts when the pod is to go. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  get resize(): PodReportStatus['resize'] {
    return this.#resize;
  }

  /** Aborts when the pod is to go, or when a container that could not be created may be tried again at once. */
  get hurried(): AbortSignal {
    return AbortSignal.any([this.signal, this.#hurry.signal]);
  }

  hurry(): void {
    this.#hurry.abort();
    this.#hurry = new AbortController();
  }

  /** An earlier resize is no longer of interest; its signal aborts. */
  beginResize(): { signal: AbortSignal; show(state: PodReportStatus['resize']): void } {
    this.#resizing.abort();
    const mine = new AbortController();
    this.#resizing = mine;
    this.#resize = undefined;
    return {
      signal: AbortSignal.any([this.signal, mine.signal]),
      show: (state) => {
        if (this.#resizing === mine) this.#resize = state;
      },
    };
  }

  /** The container as the newest update wants it. */
  asUpdated<T extends Container>(spec: T): T {
    const image = this.images.get(spec.name) ?? spec.image;
    const resources = this.resources.has(spec.name) ? this.resources.get(spec.name) : spec.resources;
    const { image: _image, resources: _resources, ...rest } = spec;
    return {
      ...rest,
      ...(image === undefined ? {} : { image }),
      ...(resources === undefined ? {} : { resources }),
    } as T;
  }

  /** Notes the creation; it must not reject. */
  begin(creation: Promise<void>): void {
    const creating = creation.finally(() => {
      if (this.#creating === creating) this.#creating = undefined;
    });
    this.#creating = creating;
  }

  /** Notes what an update brings for one container, after all that earlier ones brought for it; it must not reject. */
  inTurn(container: string, task: () => Promise<void>): void {
    const mine = (this.#turns.get(container) ?? Promise.resolve()).then(task);
    this.#turns.set(container, mine);
    this.#updating.add(mine);
    void mine.finally(() => this.#updating.delete(mine));
  }

  /** Ends creation, pulls and back-offs; resolves when nothing of this pod is being created any more. */
  async cancel(): Promise<void> {
    this.#cancel.abort();
    await Promise.all([this.#creating, ...this.#updating]);
  }

  /** @returns milliseconds until the next try @param now milliseconds, of a clock that never goes back */
  noteFailure(containerId: string, now: number): number {
    const count = (this.#failures.get(containerId)?.count ?? 0) + 1;
    const waitMs = backOffMs(count);
    this.#failures.set(containerId, { count, retryAt: now + waitMs });
    return waitMs;
  }

  noteSuccess(containerId: string): void {
    this.#failures.delete(containerId);
  }

  isHeldBack(containerId: string, now: number): boolean {
    return (this.#failures.get(containerId)?.retryAt ?? 0) > now;
  }
}
