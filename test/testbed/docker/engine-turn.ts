import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';

/** As long as the tests of another file take. */
const waitMs = 600_000;
const intervalMs = 100;

/** How often this file's tests have taken it, and not yet given it back, by socket. */
const held = new Map<string, number>();

/**
 * Waits until no other process has this engine for its tests. A Docker sidecar takes care of all pods of its engine, whoever made them: two at
 * one time would start, end and tell each other's. Taken again by the same file it is shared.
 */
export async function takeEngine(socket: string): Promise<AsyncDisposable> {
  const turn = `${socket}.turn`;
  const count = held.get(socket) ?? 0;
  held.set(socket, count + 1);
  if (count === 0) await take(turn);
  return {
    [Symbol.asyncDispose]: async () => {
      const left = (held.get(socket) ?? 1) - 1;
      held.set(socket, left);
      if (left === 0) await rm(turn, { force: true });
    },
  };
}

/** The same for all tests of the `describe`, or file, that this is called in: call it before whatever else begins there. */
export function useEngine(socket: string | undefined): void {
  if (socket === undefined) return;
  let turn: AsyncDisposable | undefined;
  beforeAll(async () => {
    turn = await takeEngine(socket);
  }, waitMs);
  afterAll(async () => await turn?.[Symbol.asyncDispose]());
}

async function take(turn: string): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      await writeFile(turn, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (!(await isHeld(turn))) await rm(turn, { force: true });
    else if (performance.now() > deadline) throw new Error(`Another process has had ${turn} for ${waitMs / 1_000} s`);
    else await sleep(intervalMs);
  }
}

/** False when its holder has died. */
async function isHeld(turn: string): Promise<boolean> {
  const pid = Number(await readFile(turn, 'utf8').catch(() => ''));
  // Not written yet, or given back just now.
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
