import { writeSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { render } from './run-target.ts';

/** Numbers at the start of the memory that both threads see: how many inputs have begun, and the lengths of the newest. */
const words = 3;
const maxBytes = 256 * 1024;

interface Shared {
  readonly memory: SharedArrayBuffer;
  readonly patienceMs: number;
}

/** Ends the process, with the input that it is at, when that takes so long that it may be for ever: nothing in its own thread could. */
export class Watchdog {
  readonly #counts: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #worker: Worker;

  constructor(patienceMs: number) {
    const memory = new SharedArrayBuffer(words * 4 + maxBytes);
    this.#counts = new Int32Array(memory, 0, words);
    this.#bytes = new Uint8Array(memory, words * 4);
    const shared: Shared = { memory, patienceMs };
    this.#worker = new Worker(new URL(import.meta.url), { workerData: shared });
    this.#worker.unref();
  }

  /** @param name in ASCII */
  begin(name: string, input: Buffer): void {
    const title = Buffer.from(name);
    const kept = input.subarray(0, maxBytes - title.length);
    this.#bytes.set(title);
    this.#bytes.set(kept, title.length);
    this.#counts[1] = title.length;
    this.#counts[2] = kept.length;
    Atomics.add(this.#counts, 0, 1);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

function watch({ memory, patienceMs }: Shared): void {
  const counts = new Int32Array(memory, 0, words);
  for (let seen = -1; ; seen = Atomics.load(counts, 0)) {
    Atomics.wait(counts, 0, seen === -1 ? 0 : seen, patienceMs);
    const begun = Atomics.load(counts, 0);
    if (begun === 0 || begun !== seen) continue;
    const [, title = 0, length = 0] = counts;
    const bytes = Buffer.from(new Uint8Array(memory.slice(words * 4, words * 4 + title + length)));
    writeSync(
      1,
      `${bytes.toString('latin1', 0, title)}: no end in ${patienceMs} ms\n  input: ${render(bytes.subarray(title))}\n`,
    );
    process.kill(process.pid, 'SIGKILL');
  }
}

if (!isMainThread && (workerData as Partial<Shared> | undefined)?.memory !== undefined) watch(workerData as Shared);
