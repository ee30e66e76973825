import { backOffMs, type Clock, type PodEvent } from '@interlink/sidecar-sdk';
import { sleepBy } from '../jobs/sleep-by.ts';
import type { PodBook } from '../pods/pod-book.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import type { PlannedPull } from './plan-pulls.ts';
import type { PullEnding, PullImage } from './pull-image.ts';
import type { Turns } from './turns.ts';

/** How long ErrImagePull is shown before it is called a back-off. */
const errorShownMs = 2_000;

export interface PodPullsOptions {
  readonly pull: PullImage;
  /** Of all pods; an image of the cache is one kind. */
  readonly turns: Turns;
  readonly book: PodBook;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Makes a pod's images present, one after another in the containers' order, as a job does (`script/lib/images.sh`): one that fails is tried
 * again after 10 s, doubled up to 5 min, and keeps none of the others waiting. Resolves when all are there, or with the signal.
 */
export async function pullAll(entry: PodEntry, options: PodPullsOptions): Promise<void> {
  const { pull, turns, book, clock, signal } = options;
  const left = new Set(entry.pulls.map((planned) => new ImageTries(planned, entry, options)));
  while (left.size > 0 && !signal.aborted) {
    const nowMs = clock.now();
    const next = [...left].find(({ retryAtMs }) => retryAtMs <= nowMs);
    if (next === undefined) {
      const retryAtMs = Math.min(...[...left].map((tries) => tries.retryAtMs));
      await sleepBy(clock, retryAtMs - nowMs, signal);
      continue;
    }
    const { container, key } = next.planned;
    const onEvent = (event: PodEvent) => book.event(entry.uid, event);
    const order = { scriptPath: entry.folder.file('pull.sh'), container, signal, onEvent };
    const kind = key === '' ? `${entry.uid}/${container}` : key;
    const ending = await turns.run(kind, async () => await pull(order), signal);
    if (ending === undefined || signal.aborted) return;
    if (ending.kind === 'pulled') left.delete(next);
    next.ended(ending);
  }
}

/** One image, and how often it could not be pulled. */
class ImageTries {
  readonly planned: PlannedPull;
  retryAtMs = 0;
  readonly #entry: PodEntry;
  readonly #options: PodPullsOptions;
  #failures = 0;

  constructor(planned: PlannedPull, entry: PodEntry, options: PodPullsOptions) {
    this.planned = planned;
    this.#entry = entry;
    this.#options = options;
  }

  ended(ending: PullEnding): void {
    if (ending.kind === 'pulled') {
      this.#show(undefined);
      return;
    }
    const { clock, signal } = this.#options;
    const { reason, message } = ending;
    this.#failures += 1;
    this.retryAtMs = clock.now() + backOffMs(this.#failures);
    this.#tell('Warning', 'Failed', `Failed to pull image "${this.planned.image}": ${message}`);
    this.#tell('Warning', 'Failed', `Error: ${reason}`);
    this.#show({ reason, message });
    if (reason !== 'ErrImagePull') return;
    clock.setTimer(errorShownMs, () => {
      if (!signal.aborted) this.#backOff(message);
    });
  }

  #backOff(message: string): void {
    const text = `Back-off pulling image "${this.planned.image}"`;
    this.#tell('Normal', 'BackOff', text);
    this.#tell('Warning', 'Failed', 'Error: ImagePullBackOff');
    this.#show({ reason: 'ImagePullBackOff', message: `${text}: ErrImagePull: ${message}` });
  }

  #show(waiting: { readonly reason: string; readonly message: string } | undefined): void {
    const { imageTroubles } = this.#entry;
    if (waiting === undefined) imageTroubles.delete(this.planned.container);
    else imageTroubles.set(this.planned.container, waiting);
    this.#options.book.tell(this.#entry);
  }

  #tell(type: PodEvent['type'], reason: string, message: string): void {
    this.#options.book.event(this.#entry.uid, { type, reason, message, container: this.planned.container });
  }
}
