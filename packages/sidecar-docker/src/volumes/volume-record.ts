import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFiles, type Pod, writeWhole } from '@interlink/sidecar-sdk';
import { toFsGroup } from '../container/security-context.ts';
import { type SizeLimit, toSizeLimits } from './size-limits.ts';
import { podFolder } from './volume-paths.ts';

/** What an update has to know of the pod: kept beside its volumes, since the engine's labels can't tell it all. */
export interface VolumeRecord {
  /** Volumes of files, by name. All others are the pod's own to write. */
  readonly volumes: ReadonlyArray<string>;
  readonly fsGroup?: number;
  /** Of emptyDirs on disk. */
  readonly sizeLimits?: ReadonlyArray<SizeLimit>;
}

/** Says that the pod's volumes are there, whole. */
export async function writeVolumeRecord(root: string, { metadata, spec }: Pod): Promise<void> {
  const fsGroup = toFsGroup(spec);
  const volumes = (spec.volumes ?? []).filter(isFiles).map(({ name }) => name);
  const record: VolumeRecord = {
    volumes,
    sizeLimits: toSizeLimits(spec),
    ...(fsGroup === undefined ? {} : { fsGroup }),
  };
  await writeWhole(recordPath(root, metadata.uid), `${JSON.stringify(record)}\n`);
}

/** Undefined while the pod's volumes are not there yet, or no longer. */
export async function readVolumeRecord(root: string, uid: string): Promise<VolumeRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordPath(root, uid), 'utf8')) as VolumeRecord;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function recordPath(root: string, uid: string): string {
  return join(podFolder(root, uid), 'volumes.json');
}
