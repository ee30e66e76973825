import { execFile } from 'node:child_process';
import { open, rm, rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findDaemonPid } from '../../../../test/testbed/docker/daemon-pid.ts';

const run = promisify(execFile);

/**
 * A file system of a few hundred KiB over a folder, for this process and for an engine, which lives in another mount namespace: of a loop
 * device, since a tmpfs would be another one there.
 */
export class SmallDisk implements AsyncDisposable {
  readonly folder: string;
  readonly #undo: AsyncDisposableStack;

  private constructor(folder: string, undo: AsyncDisposableStack) {
    this.folder = folder;
    this.#undo = undo;
  }

  /** @param engineSocket of the engine that is to see it, too */
  static async mount(folder: string, kibibytes: number, engineSocket: string): Promise<SmallDisk> {
    await using undo = new AsyncDisposableStack();
    const image = `${folder}.disk`;
    undo.defer(async () => await rm(image, { force: true }));
    await run('truncate', ['-s', `${kibibytes}K`, image]);
    await run('mke2fs', ['-q', '-F', '-t', 'ext2', '-b', '1024', '-m', '0', '-N', '256', image]);
    const { stdout } = await run('losetup', ['--find', '--show', image]);
    const device = stdout.trim();
    undo.defer(async () => void (await run('losetup', ['--detach', device])));
    const inEngine = ['nsenter', '--target', `${pidOfEngine(engineSocket)}`, '--mount', '--'];
    for (const prefix of [['env'], inEngine]) {
      const [file = '', ...args] = prefix;
      await run(file, [...args, 'mount', device, folder]);
      undo.defer(async () => void (await run(file, [...args, 'umount', folder])));
    }
    await rmdir(join(folder, 'lost+found'));
    return new SmallDisk(folder, undo.move());
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  /** Takes all of its room but so many KiB. */
  async fill(leaveKibibytes = 0): Promise<void> {
    await using file = await open(this.#ballast, 'w');
    const block = Buffer.alloc(1024);
    while ((await this.freeBytes()) > leaveKibibytes * 1024) {
      if (!(await written(file.write(block)))) return;
    }
  }

  /** Gives the room back. */
  async free(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo.disposeAsync();
  }

  get #ballast(): string {
    return join(this.folder, '.ballast');
  }
}

async function written(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}

function pidOfEngine(socket: string): number {
  const pid = findDaemonPid(socket);
  if (pid === undefined) throw new Error(`No dockerd listens on ${socket}`);
  return pid;
}
