import { statfs } from 'node:fs/promises';

/** Kinds by the numbers of `statfs(2)`, https://man7.org/linux/man-pages/man2/statfs.2.html, and of Lustre, GPFS, BeeGFS and WekaFS themselves. */
const shared: Readonly<Record<number, string>> = {
  26985: 'NFS',
  198183888: 'Lustre',
  1196443219: 'GPFS',
  428016422: 'BeeGFS',
  12805120: 'CephFS',
  4283649346: 'CIFS',
  4266872130: 'SMB',
  1397113167: 'AFS',
};
const local: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'XFS',
  2435016766: 'Btrfs',
  16914836: 'tmpfs',
  2035054128: 'overlayfs',
};

export interface FileSystemKind {
  readonly name: string;
  /** Undefined: it may be either, FUSE above all. */
  readonly isShared: boolean | undefined;
}

/** What a file system is by its kind; a local one may be exported by this machine all the same. */
export function toFileSystemKind(type: number): FileSystemKind {
  const [sharedName, localName] = [shared[type], local[type]];
  if (sharedName !== undefined) return { name: sharedName, isShared: true };
  if (localName !== undefined) return { name: localName, isShared: false };
  return { name: `of kind 0x${type.toString(16)}`, isShared: undefined };
}

export async function fileSystemKind(path: string): Promise<FileSystemKind> {
  // A number of 32 bits, which some machines show as a negative one.
  return toFileSystemKind((await statfs(path)).type >>> 0);
}
