import { randomBytes } from 'node:crypto';
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes JSON so that a reader sees all of it or the file that was there before; mode 0600. */
export function writeWhole(path: string, value: object): void {
  renameSync(writeDraft(path, value), path);
}

/** Like {@link writeWhole}, for the first writer only. @returns false when somebody was first, or the folder is gone */
export function writeOnce(path: string, value: object): boolean {
  let draft: string | undefined;
  try {
    draft = writeDraft(path, value);
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOENT')) return false;
    throw error;
  } finally {
    if (draft !== undefined) rmSync(draft, { force: true });
  }
}

function writeDraft(path: string, value: object): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(value)}\n`, { mode: 0o600, flag: 'wx' });
  return draft;
}
