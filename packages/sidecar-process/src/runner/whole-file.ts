import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, linkSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';

/** Writes JSON so that a reader sees all of it or the file that was there before; mode 0600. */
export function writeWhole(path: string, value: object): void {
  renameSync(writeDraft(path, toText(value)), path);
}

/** More than a file takes that is written by {@link ReservedFile}. */
const reservedBytes = 4_096;

/** The room for a file that must be written later, also when the disk is full by then; given back when it was not. */
export class ReservedFile implements Disposable {
  readonly #path: string;
  readonly #draft: string;

  constructor(path: string) {
    this.#path = path;
    this.#draft = writeDraft(path, ' '.repeat(reservedBytes));
  }

  /** As {@link writeWhole} does. */
  write(value: object): void {
    const bytes = Buffer.from(toText(value));
    const file = openSync(this.#draft, 'r+');
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written, undefined, written);
      ftruncateSync(file, bytes.length);
    } finally {
      closeSync(file);
    }
    renameSync(this.#draft, this.#path);
  }

  [Symbol.dispose](): void {
    rmSync(this.#draft, { force: true });
  }
}

/** Like {@link writeWhole}, for the first writer only. @returns false when somebody was first, or the folder is gone */
export function writeOnce(path: string, value: object): boolean {
  let draft: string | undefined;
  try {
    draft = writeDraft(path, toText(value));
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOENT')) return false;
    throw error;
  } finally {
    if (draft !== undefined) rmSync(draft, { force: true });
  }
}

function writeDraft(path: string, text: string): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // On a full disk it is there, and empty.
    rmSync(draft, { force: true });
    throw error;
  }
  return draft;
}

function toText(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
