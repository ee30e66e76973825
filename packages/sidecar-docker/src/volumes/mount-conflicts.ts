import { isWithin } from '@interlink/sidecar-sdk';

/** A folder of the host that a container has mounted, or is to have. */
export interface MountedFolder {
  /** `container main of pod ns/p` */
  readonly by: string;
  /** On the host, without links when it was looked at. */
  readonly source: string;
  readonly isReadOnly: boolean;
}

/**
 * Why folders can't be mounted beside those that are, or undefined. The engine follows symbolic links whenever it starts a container:
 * while somebody can write the folder above a mount, he could put a link to anywhere in its place (CVE-2017-1002101). So the two are
 * never there at the same time.
 */
export function findConflict(
  wanted: ReadonlyArray<MountedFolder>,
  present: ReadonlyArray<MountedFolder>,
): string | undefined {
  const all = [...wanted, ...present];
  for (const one of wanted) {
    const above = all.find((other) => !other.isReadOnly && isStrictlyWithin(other.source, one.source));
    if (above !== undefined) return `${above.by} can write the folder above ${one.source}`;
    const below = one.isReadOnly ? undefined : all.find((other) => isStrictlyWithin(one.source, other.source));
    if (below !== undefined) return `${below.by} has a folder below ${one.source} mounted`;
  }
  return undefined;
}

function isStrictlyWithin(folder: string, path: string): boolean {
  return folder !== path && isWithin(folder, path);
}
