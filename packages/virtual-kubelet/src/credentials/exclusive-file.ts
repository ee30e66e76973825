import { randomInt } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { InterLinkError } from '@interlink/protocol';

/** Longer than the work of whoever holds it. */
const patienceMs = 60_000;

/**
 * Does `work` while no other process that names the same file does. The kernel frees it when a process dies, so that none is ever left
 * over. Node itself locks no files; SQLite does, by `fcntl`, and its database stays empty.
 * @throws InterLinkError `unavailable` when the others don't end
 */
export async function whileExclusive<T>(path: string, work: () => Promise<T>): Promise<T> {
  // Made here, for SQLite's own mode lets others read.
  await (await open(path, 'a', 0o600)).close();
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    const dueAt = performance.now() + patienceMs;
    while (!tryToLock(database)) {
      if (performance.now() > dueAt)
        throw new InterLinkError('unavailable', `Another process has held ${path} for ${patienceMs / 1_000} s`);
      await wait(randomInt(50, 150));
    }
    return await work();
  } finally {
    database.close();
  }
}

const sqliteBusy = 5;

function tryToLock(database: { exec(sql: string): void }): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false;
    throw error;
  }
}
