import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listNames } from '@interlink/sidecar-sdk';
import { isUid } from './pod-folder.ts';

/**
 * The folder in which jobs say that something of their pod has changed: an empty file by the pod's UID. One look at one folder tells of
 * all pods, however many there are; NFS, Lustre and GPFS send no events of what another machine does.
 */
export class Spool {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async create(): Promise<void> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
  }

  /** Pods that have changed since they were last taken. What changes after the return is told again: its file is gone before. */
  async take(): Promise<string[]> {
    const uids = (await listNames(this.#path)).filter(isUid);
    // Whatever has the name of a pod there, it must not stay.
    await Promise.all(uids.map(async (uid) => await rm(join(this.#path, uid), { recursive: true, force: true })));
    return uids;
  }
}
