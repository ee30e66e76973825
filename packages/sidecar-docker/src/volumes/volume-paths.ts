import { join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';

const uidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The pod's own folder on the host; with it goes all that was written for the pod. @param uid checked by the protocol, and again here */
export function podFolder(root: string, uid: string): string {
  return join(root, assertPart(uid, 'a pod UID'));
}

/** Whether that is the name of a pod's folder below DataRootFolder, and not of what a file system or this sidecar keeps there. */
export function isPodFolder(name: string): boolean {
  return uidShape.test(name);
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
