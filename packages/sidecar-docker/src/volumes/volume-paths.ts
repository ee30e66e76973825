import { join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';

/** The pod's own folder on the host; with it goes all that was written for the pod. @param uid checked by the protocol, and again here */
export function podFolder(root: string, uid: string): string {
  return join(root, assertPart(uid, 'a pod UID'));
}

/** The folder of one volume. */
export function volumeFolder(root: string, uid: string, volume: string): string {
  return join(podFolder(root, uid), 'volumes', assertPart(volume, 'a volume name'));
}

/** The engine's own volume that stands for an emptyDir in memory. */
export function memoryVolumeName(uid: string, volume: string): string {
  return `interlink_${assertPart(uid, 'a pod UID')}_${assertPart(volume, 'a volume name')}`;
}

/**
 * A path below a folder. What comes from outside never leads out of it: no empty part, no `.` and no `..`.
 * @throws InterLinkError `failed_precondition`
 */
export function pathBelow(folder: string, path: string): string {
  const parts = path.split('/');
  if (path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new InterLinkError(
      'failed_precondition',
      `${JSON.stringify(path)} is not a path inside a volume: a relative path without "." and ".." is wanted`,
    );
  }
  return join(folder, ...parts);
}

function assertPart(name: string, kind: string): string {
  if (/^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(name)) return name;
  throw new InterLinkError('invalid_argument', `${JSON.stringify(name)} is not ${kind}`);
}
