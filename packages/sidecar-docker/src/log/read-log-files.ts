import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FolderChanges, type LogOptions, selectLines } from '@interlink/sidecar-sdk';
import { RotatedLog } from './rotated-log.ts';

/** A change of a log that was not told is found after this long. */
const recheckMs = 1_000;

export interface LogFilesRequest {
  readonly path: string;
  readonly options: LogOptions;
  /** Aborts when the container has ended, and all of its output is there. */
  readonly ended: AbortSignal;
  readonly signal: AbortSignal;
}

/** Whether the engine's file is there and may be read: it is another account's, and an engine may be on another machine. */
export async function canRead(path: string): Promise<boolean> {
  return await access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** A log from the engine's files; with `follow` until the container's end. */
export async function* readLogFiles({ path, options, ended, signal }: LogFilesRequest): AsyncGenerator<Uint8Array> {
  const { tailLines, ...perLine } = options;
  await using files = await RotatedLog.open(path, tailLines);
  using changes = new FolderChanges(dirname(path));
  const nowMs = Date.now();
  for (;;) {
    const isEnd = options.follow !== true || ended.aborted;
    for await (const lines of files.readAvailable()) {
      if (signal.aborted) return;
      const chosen = Buffer.concat(selectLines(lines, perLine, nowMs));
      if (chosen.length > 0) yield chosen;
    }
    if (isEnd || signal.aborted) return;
    await changes.next(recheckMs, AbortSignal.any([ended, signal]));
  }
}
