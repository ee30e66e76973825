import type { Logger } from '@interlink/sidecar-sdk';
import { type PodReference, podFields, sleep } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { uidLabel } from '../identity/labels.ts';
import type { EngineContainer } from '../status/engine-container.ts';
import type { PodReader } from '../status/pod-reader.ts';
import type { PodSnapshot } from '../status/pod-snapshot.ts';
import { removePodFolder } from '../volumes/write-volumes.ts';
import { killing } from './pod-events.ts';
import type { PodObserver } from './pod-observer.ts';
import type { PodWork } from './pod-work.ts';
import { unlessGone } from './unless-gone.ts';

export interface DeletionContext {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly observer: PodObserver;
  readonly logger: Logger;
  readonly work: PodWork;
  readonly root: string;
}

const firstRetryMs = 500;
const lastRetryMs = 30_000;

/** The end of one pod, from its containers' first TERM to the last of its files. */
export class PodDeletion {
  readonly #pod: PodReference;
  readonly #context: DeletionContext;
  readonly #logger: Logger;
  readonly #told = new Set<string>();
  /** Milliseconds of `performance.now`. */
  #deadline: number;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(pod: PodReference, gracePeriodSeconds: number, context: DeletionContext) {
    this.#pod = pod;
    this.#context = context;
    this.#logger = context.logger.child(podFields(pod));
    this.#deadline = performance.now() + gracePeriodSeconds * 1_000;
  }

  /** The engine was told a longer grace period when it was asked to stop: what it still waits for is killed sooner. */
  shorten(gracePeriodSeconds: number): void {
    const deadline = performance.now() + gracePeriodSeconds * 1_000;
    if (deadline >= this.#deadline) return;
    this.#deadline = deadline;
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => void this.#killRunning(), gracePeriodSeconds * 1_000);
  }

  /** Goes on until everything is gone, through whatever fails on the way. */
  async run(): Promise<void> {
    const { uid } = this.#pod;
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, lastRetryMs)) {
      try {
        await this.#stopAll();
        this.#context.work.lastSnapshot = await this.#context.observer.report(uid);
        await this.#removeAll();
        clearTimeout(this.#killTimer);
        return;
      } catch (error) {
        this.#logger.warn({ err: error }, 'cannot delete the pod yet');
        await sleep(waitMs, neverAborted);
      }
    }
  }

  /** Until nothing runs any more: a start that was on its way may have come after the first look. */
  async #stopAll(): Promise<void> {
    for (;;) {
      const running = await this.#readRunning();
      if (running.length === 0) return;
      for (const { id, labels } of running) {
        if (!this.#told.has(id))
          this.#context.observer.tell(this.#pod.uid, labels.container, killing(labels.container));
        this.#told.add(id);
      }
      await Promise.all(
        running.map(async ({ id }) => await unlessGone(this.#context.engine.stopContainer(id, this.#secondsLeft()))),
      );
    }
  }

  async #killRunning(): Promise<void> {
    try {
      const running = await this.#readRunning();
      await Promise.all(running.map(async ({ id }) => await unlessGone(this.#context.engine.killContainer(id))));
    } catch (error) {
      this.#logger.warn({ err: error }, 'cannot kill the pod’s containers yet');
    }
  }

  async #removeAll(): Promise<void> {
    const { engine, reader, root } = this.#context;
    const snapshot = await reader.readPod(this.#pod.uid);
    const remove = async ({ id }: EngineContainer): Promise<void> => await unlessGone(engine.removeContainer(id));
    if (snapshot !== undefined) {
      await Promise.all(containersOf(snapshot).map(remove));
      // Last: while it is there, the pod is known to be on its way out.
      if (snapshot.sandbox !== undefined) await remove(snapshot.sandbox);
    }
    const volumes = await engine.listVolumes(`${uidLabel}=${this.#pod.uid}`);
    await Promise.all(volumes.map(async (name) => await unlessGone(engine.removeVolume(name))));
    await this.#removeFiles(root);
  }

  /** Files that a container's root user left behind are beyond an ordinary account; they don't keep the pod from going. */
  async #removeFiles(root: string): Promise<void> {
    try {
      await removePodFolder(root, this.#pod.uid);
    } catch (error) {
      this.#logger.warn({ err: error }, 'cannot remove all files of the pod');
    }
  }

  async #readRunning(): Promise<EngineContainer[]> {
    const snapshot = await this.#context.reader.readPod(this.#pod.uid);
    return snapshot === undefined ? [] : containersOf(snapshot).filter(isUp);
  }

  #secondsLeft(): number {
    return Math.max(0, Math.ceil((this.#deadline - performance.now()) / 1_000));
  }
}

/** All but the sandbox. */
export function containersOf({ slots }: PodSnapshot): EngineContainer[] {
  return slots.map(({ container }) => container).filter((container) => container !== undefined);
}

function isUp({ status }: EngineContainer): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting';
}

const neverAborted = new AbortController().signal;
