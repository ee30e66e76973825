import { type FileHandle, open, stat } from 'node:fs/promises';
import { findTail, type LogLine, LogReader } from '@interlink/sidecar-sdk';
import { parseJsonRecord } from './json-record.ts';
import { logFileCount } from './log-config.ts';

interface OpenFile {
  readonly handle: FileHandle;
  /** Whatever its name is now. */
  readonly identity: string;
  readonly reader: LogReader;
}

/**
 * A container's log as the engine keeps it: `path` is written, and is renamed to `path.1` when it is full, that one to `path.2`. A file
 * that is held open can be read to its end after it was renamed or removed, so that whoever keeps up with the writer loses nothing.
 */
export class RotatedLog implements AsyncDisposable {
  readonly #path: string;
  /** Oldest first; read from the first on. */
  readonly #files: OpenFile[];

  private constructor(path: string, files: OpenFile[]) {
    this.#path = path;
    this.#files = files;
  }

  /** @param tailLines how many of the last lines that are there to begin with; default: all */
  static async open(path: string, tailLines?: number): Promise<RotatedLog> {
    const handles = await openNewer(path, undefined);
    const offsets = await skipTo(handles, tailLines);
    return new RotatedLog(
      path,
      handles.map((file, index) => toOpenFile(file, offsets[index] ?? 0)),
    );
  }

  /** The whole lines from the last place to the present end. */
  async *readAvailable(): AsyncGenerator<LogLine[]> {
    for (let file = this.#files[0]; file !== undefined; file = this.#files[0]) {
      yield* file.reader.readAvailable();
      if (this.#files.length === 1 && !(await this.#wasReplaced(file))) return;
      if (this.#files.length === 1) {
        const newer = await openNewer(this.#path, file.identity);
        if (newer.length === 0) return;
        this.#files.push(...newer.map((each) => toOpenFile(each, 0)));
        // What was written between the look at its end and its replacement.
        yield* file.reader.readAvailable();
      }
      this.#files.shift();
      await file.handle.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#files.map(async ({ handle }) => await handle.close()));
  }

  async #wasReplaced(file: OpenFile): Promise<boolean> {
    try {
      return identityOf(await stat(this.#path)) !== file.identity;
    } catch {
      // Renamed, and the next is not there yet; or the container was removed.
      return false;
    }
  }
}

type OpenHandle = Omit<OpenFile, 'reader'>;

/** All files that came after one, oldest first; all of them without one. */
async function openNewer(path: string, identity: string | undefined): Promise<OpenHandle[]> {
  const found: OpenHandle[] = [];
  // From the newest on: files only move to higher numbers meanwhile, so none is passed over.
  for (let number = 0; number <= logFileCount; number += 1) {
    const file = await openIfThere(number === 0 ? path : `${path}.${number}`);
    if (file === undefined) continue;
    if (file.identity === identity) {
      await file.handle.close();
      break;
    }
    if (found.some((other) => other.identity === file.identity)) await file.handle.close();
    else found.push(file);
  }
  return found.reverse();
}

async function openIfThere(path: string): Promise<OpenHandle | undefined> {
  try {
    const handle = await open(path, 'r');
    return { handle, identity: identityOf(await handle.stat()) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Where each file is read from, for no more than the last lines of all. */
async function skipTo(files: ReadonlyArray<OpenHandle>, tailLines: number | undefined): Promise<number[]> {
  if (tailLines === undefined) return files.map(() => 0);
  const offsets: number[] = [];
  let missing = tailLines;
  for (const { handle } of files.toReversed()) {
    const tail = await findTail(handle, missing);
    offsets.unshift(tail.offset);
    missing = tail.missing;
  }
  return offsets;
}

function toOpenFile(file: OpenHandle, offset: number): OpenFile {
  return { ...file, reader: new LogReader(file.handle, offset, parseJsonRecord) };
}

function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}
