import { pathBelow, type VolumeMount } from '@interlink/sidecar-sdk';

export function hasSubPath({ subPath }: VolumeMount): boolean {
  return subPath !== undefined && subPath !== '';
}

/**
 * The parts of a mount's sub-path; none: it has none.
 * @throws InterLinkError `failed_precondition` for a path that is absolute, or has empty parts, `.` or `..`
 */
export function subPathParts(mount: VolumeMount): string[] {
  if (!hasSubPath(mount)) return [];
  const path = (mount.subPath ?? '').replace(/\/+$/, '');
  pathBelow('/', path);
  return path.split('/');
}

/** True when one of two mounts of the same volume has the folder above the other's. */
export function isAbove(one: VolumeMount, other: VolumeMount): boolean {
  const [above, below] = [subPathParts(one), subPathParts(other)];
  return above.length < below.length && above.every((part, index) => part === below[index]);
}
