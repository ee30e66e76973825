import { readRegularFile, writeWhole } from '@interlink/sidecar-sdk';
import { formatKeyValues, parseKeyValues } from './key-values.ts';
import type { PodFolder } from './pod-folder.ts';

/** The order to end a pod: it outlives this process, and the job reads from it how much time it has. */
export interface Deletion {
  /** When it has no more time, milliseconds since the epoch. */
  readonly killAtMs: number;
}

const maxBytes = 4 * 1024;

export async function readDeletion(folder: PodFolder): Promise<Deletion | undefined> {
  const text = await readRegularFile(folder.file('stop'), maxBytes);
  const killAt = text === undefined ? Number.NaN : Number(parseKeyValues(text).get('kill_at'));
  return Number.isFinite(killAt) ? { killAtMs: killAt * 1_000 } : undefined;
}

export async function writeDeletion(folder: PodFolder, { killAtMs }: Deletion): Promise<void> {
  const kill_at = (killAtMs / 1_000).toFixed(3);
  await writeWhole(folder.file('stop'), formatKeyValues({ kill_at, cause: 'deleted' }));
}
