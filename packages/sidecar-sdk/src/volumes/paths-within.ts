import { relative, sep } from 'node:path';

/** True when both are the same, or the path lies below the folder. Both absolute and without links. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === sep ? sep : `${folder}${sep}`);
}

/** The parts that lead from the folder to the path, which is within it. */
export function partsBelow(folder: string, path: string): string[] {
  return relative(folder, path)
    .split(sep)
    .filter((part) => part !== '');
}
