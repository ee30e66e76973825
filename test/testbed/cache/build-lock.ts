import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isRunning, type ProcessIdentity } from '../process/process-identity.ts';

const POLL_INTERVAL_MS = 500;

/**
 * Runs `build` while holding a lock file that names this process, so that two builds do not share two cores for twice
 * the time. It saves work only: a lock whose owner is gone is taken over, and a build that ran twice does no harm.
 */
export async function withBuildLock(
  lockFile: string,
  options: { onProgress: (line: string) => void; signal: AbortSignal },
  build: () => Promise<void>,
): Promise<void> {
  const claim = `${lockFile}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(claim, JSON.stringify(identifyProcess(process.pid)));
  try {
    let announced = false;
    // A link comes to be whole and at once, and only when no such file is there.
    while (!(await linkUnlessThere(claim, lockFile))) {
      const owner = await readOwner(lockFile);
      if (owner === undefined || !isRunning(owner)) {
        await rm(lockFile, { force: true });
        continue;
      }
      if (!announced) options.onProgress(`Waiting for the build of process ${owner.pid} (${lockFile}).`);
      announced = true;
      await sleep(POLL_INTERVAL_MS, undefined, { signal: options.signal });
    }
    try {
      await build();
    } finally {
      await rm(lockFile, { force: true });
    }
  } finally {
    await rm(claim, { force: true });
  }
}

async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(lockFile: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(lockFile, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
