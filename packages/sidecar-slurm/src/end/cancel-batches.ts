import type { Clock } from '@interlink/sidecar-sdk';
import type { CancelMode, SlurmApi } from '../slurm/slurm-api.ts';

/** Deletes that come together go out together: so long the first waits for the others. */
const gatherMs = 30;

interface Batch {
  readonly ids: Set<string>;
  readonly done: Promise<void>;
}

/** Turns many orders to end a job into few scancels: what is asked for while one is gathered, or under way, goes with the next. */
export class CancelBatches {
  readonly #slurm: Pick<SlurmApi, 'cancel'>;
  readonly #clock: Clock;
  readonly #gathering = new Map<CancelMode, Batch>();
  #last: Promise<void> = Promise.resolve();

  constructor(slurm: Pick<SlurmApi, 'cancel'>, clock: Clock) {
    this.#slurm = slurm;
    this.#clock = clock;
  }

  /** Resolves once Slurm has the order. @throws InterLinkError `unavailable` */
  async cancel(id: string, mode: CancelMode): Promise<void> {
    const batch = this.#gathering.get(mode) ?? this.#open(mode);
    batch.ids.add(id);
    await batch.done;
  }

  #open(mode: CancelMode): Batch {
    const ids = new Set<string>();
    const gathered = new Promise<void>((resolve) => {
      this.#clock.setTimer(gatherMs, resolve);
    });
    const done = Promise.all([gathered, this.#last]).then(async () => {
      this.#gathering.delete(mode);
      await this.#slurm.cancel([...ids], mode);
    });
    this.#last = done.catch(() => undefined);
    const batch = { ids, done };
    this.#gathering.set(mode, batch);
    return batch;
  }
}
