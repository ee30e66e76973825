import { createHash } from 'node:crypto';
import type { ResolvedVolume } from '@interlink/protocol';

/** Tells whether two contents of a volume are the same. For this process's memory only: it would give short secrets away. */
export function volumeDigest({ files }: ResolvedVolume): string {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(sorted.map(({ path, mode, data }) => [path, mode, data])))
    .digest('base64');
}
