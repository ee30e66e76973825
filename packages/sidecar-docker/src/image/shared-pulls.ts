import { InterLinkError } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { readJsonLines } from '../engine/json-lines.ts';
import type { ImageReference } from './reference.ts';

interface Pull {
  readonly done: Promise<void>;
  readonly cancel: AbortController;
  waiters: number;
}

/** Pulls images; whoever asks for one that is being pulled waits for the same pull. It is given up when nobody waits any more. */
export class SharedPulls {
  readonly #engine: Engine;
  readonly #pulls = new Map<string, Pull>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @throws InterLinkError with the engine's text when the pull fails, `cancelled` when the signal aborts */
  async pull(reference: ImageReference, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const pull = this.#join(reference);
    const { promise: left, reject } = Promise.withResolvers<never>();
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      await Promise.race([pull.done, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      pull.waiters -= 1;
      if (pull.waiters === 0) pull.cancel.abort();
    }
  }

  #join(reference: ImageReference): Pull {
    const key = `${reference.name} ${reference.tag}`;
    const running = this.#pulls.get(key);
    if (running !== undefined && !running.cancel.signal.aborted) {
      running.waiters += 1;
      return running;
    }
    const cancel = new AbortController();
    const done = this.#run(reference, cancel.signal).finally(() => {
      if (this.#pulls.get(key) === pull) this.#pulls.delete(key);
    });
    // Whoever waits hears of a failure; with nobody left it is nobody's.
    done.catch(() => undefined);
    const pull: Pull = { done, cancel, waiters: 1 };
    this.#pulls.set(key, pull);
    return pull;
  }

  async #run({ name, tag }: ImageReference, signal: AbortSignal): Promise<void> {
    for await (const line of readJsonLines(await this.#engine.pull(name, tag, signal))) {
      if (typeof line === 'object' && line !== null && 'error' in line) {
        throw new InterLinkError('unavailable', String(line.error));
      }
    }
  }
}
