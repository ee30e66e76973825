import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toServerPath } from '../../process/find-program.ts';
import { createTestbedDirectory, writeOwner } from '../../testbed-directory.ts';
import { startSlurmHost } from '../slurm-host.ts';
import type { SlurmShell } from '../slurm-shell.ts';

/** A Slurm that recordings may do anything to. */
export interface RecordingBed extends AsyncDisposable {
  readonly version: string;
  readonly nodes: readonly string[];
  readonly shell: SlurmShell;
  killNode(node: string): Promise<void>;
  stopController(): Promise<void>;
}

/** @param which `host` or `cluster` */
export async function openRecordingBed(which: string): Promise<RecordingBed> {
  process.env.PATH = toServerPath(process.env.PATH ?? '');
  await using cleanUp = new AsyncDisposableStack();
  const directory = await createTestbedDirectory();
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o711);
  await writeOwner(directory);
  const { signal } = new AbortController();
  if (which !== 'host') throw new Error(`Cannot record "${which}": it is neither "host" nor "cluster"`);
  const { data, shell, stopController, killNode } = await startSlurmHost({
    directory: join(directory, 'slurm'),
    signal,
    cleanUp,
  });
  const end = cleanUp.move();
  return {
    version: data.version,
    nodes: [data.node],
    shell,
    killNode,
    stopController: () => stopController('SIGTERM'),
    [Symbol.asyncDispose]: async () => await end.disposeAsync(),
  };
}
