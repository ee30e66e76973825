import { type FSWatcher, watch } from 'node:fs';
import { sleep } from '@interlink/service-kit';

/** Tells when something in a folder changes; where that can't be watched, waiting takes its full time. */
export class FolderChanges implements Disposable {
  readonly #watcher: FSWatcher | undefined;
  #change = new AbortController();

  constructor(folder: string) {
    this.#watcher = open(folder, () => this.#change.abort());
  }

  /** Resolves after a change since the last call, after `maxMs`, or with the signal. */
  async next(maxMs: number, signal: AbortSignal): Promise<void> {
    await sleep(maxMs, AbortSignal.any([this.#change.signal, signal]));
    this.#change = new AbortController();
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
  }
}

function open(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(folder, onChange).on('error', onChange);
  } catch {
    return undefined;
  }
}
