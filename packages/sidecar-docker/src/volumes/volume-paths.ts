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

/** The engine's own volume over a folder of the host, for sub-paths of it. */
export function folderVolumeName(uid: string, volume: string): string {
  return `interlink_${assertPart(uid, 'a pod UID')}_${assertPart(volume, 'a volume name')}_folder`;
}

function assertPart(name: string, kind: string): string {
  if (/^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(name)) return name;
  throw new InterLinkError('invalid_argument', `${JSON.stringify(name)} is not ${kind}`);
}
