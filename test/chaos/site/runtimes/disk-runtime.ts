import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, runCommandOrThrow, waitFor } from '../../../testbed/index.ts';
import { podFolders, processRuntime } from './process-runtime.ts';
import type { Runtime, RuntimeSite } from './runtime.ts';

const size = '8m';
const inodes = 4_000;

/** As the process runtime, with DataRootFolder on a small disk of its own. @param directory below which that is mounted */
export async function startDiskRuntime(directory: string): Promise<Runtime> {
  const disk = join(directory, 'disk');
  await mkdir(disk);
  await runCommandOrThrow('mount', ['-t', 'tmpfs', '-o', `size=${size},nr_inodes=${inodes}`, 'tmpfs', disk]);
  const dataFolder = (site: RuntimeSite) => join(disk, basename(site.directory));
  return {
    ...processRuntime,
    dataFolder,
    leftBehind: async (site) => await podFolders(dataFolder(site)),
    faults: {
      'disk full': async () => {
        const ballast = join(disk, '.ballast');
        await untilFull(async () => await writeFile(ballast, Buffer.alloc(4_096), { flag: 'a' }));
        return async () => await remove(ballast);
      },
      'disk without inodes': async () => {
        const ballast = join(disk, '.empty-files');
        await untilFull(async (count) => {
          if (count === 0) await mkdir(ballast);
          await writeFile(join(ballast, `${count}`), '');
        });
        return async () => await remove(ballast);
      },
      'disk read-only': async () => await readOnly(disk),
    },
    async close() {
      await runCommandOrThrow('umount', ['--lazy', disk]);
    },
  };
}

/** A disk that is read-only at the same time takes nothing, either. */
async function untilFull(write: (count: number) => Promise<unknown>): Promise<void> {
  try {
    for (let count = 0; ; count += 1) await write(count);
  } catch (error) {
    if (!['ENOSPC', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** When the disk can be written. */
async function remove(ballast: string): Promise<void> {
  await waitFor('the disk to give room back', async () => {
    await rm(ballast, { recursive: true, force: true });
    return true;
  });
}

/** The kernel refuses that while some file is open for writing, as a running container's log is: it is tried until the fault is over. */
async function readOnly(disk: string): Promise<() => Promise<void>> {
  const over = new AbortController();
  const remount = async (how: 'ro' | 'rw') =>
    (await runCommand('mount', ['-o', `remount,${how}`, disk])).exitCode === 0;
  const trying = (async () => {
    while (!over.signal.aborted && !(await remount('ro')))
      await sleep(50, undefined, { signal: over.signal }).catch(() => undefined);
  })();
  return async () => {
    over.abort();
    await trying;
    await remount('rw');
  };
}
