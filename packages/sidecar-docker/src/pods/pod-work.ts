import type { Container, PodReportStatus, PodRequest } from '@interlink/sidecar-sdk';
import type { Eviction } from '../volumes/eviction-note.ts';

/**
 * What this process remembers of one pod beyond the engine and the lifecycle: its request, and what updates have brought since. All of
 * it may be lost at any moment; the pod's owner brings back what matters.
 */
export class PodWork {
  /** With the environment and the files. */
  request: PodRequest | undefined;
  /** The newest update's pod, without files: what ephemeral containers are made from when the request is lost. */
  updated: PodRequest | undefined;
  /** Ephemeral containers that were taken, with their environment. */
  readonly debuggers = new Map<string, Container>();
  /** Of containers for which updates brought other ones. */
  readonly images = new Map<string, string>();
  /** Of containers that were not created yet when an update came. */
  readonly resources = new Map<string, Container['resources']>();
  generation: number | undefined;
  deadlineSeconds: number | undefined;
  /** The pod is to go. */
  isLeaving = false;
  /** Until when its containers have time; milliseconds since the epoch. Undefined: nobody who knows has said so yet. */
  killAtMs: number | undefined;
  /** This sidecar has ended the pod. */
  eviction: Eviction | undefined;
  /** The files of a create are still to be written: what is newer has to wait, or it would be overwritten. */
  areVolumesDue = false;
  #resizing = new AbortController();
  #resize: PodReportStatus['resize'];

  get resize(): PodReportStatus['resize'] {
    return this.#resize;
  }

  /** A later delete may shorten the grace period, never lengthen it. */
  orderDeletion(killAtMs: number): void {
    this.isLeaving = true;
    this.killAtMs = Math.min(this.killAtMs ?? killAtMs, killAtMs);
    this.#resizing.abort();
  }

  /** An earlier resize is no longer of interest; its signal aborts. */
  beginResize(): { signal: AbortSignal; show(state: PodReportStatus['resize']): void } {
    this.#resizing.abort();
    const mine = new AbortController();
    this.#resizing = mine;
    this.#resize = undefined;
    return {
      signal: mine.signal,
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
}
