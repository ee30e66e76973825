import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LogOptions } from '@interlink/protocol';
import { openRegularFile } from '../files/regular-file.ts';
import { FolderChanges } from './folder-changes.ts';
import { selectLines } from './log-lines.ts';
import { findTail, LogReader } from './log-reader.ts';

/** A change of a log that was not told is found after this long. */
const recheckMs = 1_000;

export interface LogFileRequest {
  /** Of records in the CRI's format. One that is not there has no lines yet. */
  readonly path: string;
  readonly options: LogOptions;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** True once nothing more will be written: what is followed ends then. */
  hasEnded(): Promise<boolean>;
}

/** A container's log from its file. Since comes before tail, and times only grow: the last lines of what is recent are the recent ones of the last lines. */
export async function streamLogFile(request: LogFileRequest): Promise<AsyncIterable<Uint8Array>> {
  const file = await openRegularFile(request.path);
  return streamLines(file, request);
}

async function* streamLines(opened: FileHandle | undefined, request: LogFileRequest): AsyncGenerator<Uint8Array> {
  const { path, options, signal, nowMs, hasEnded } = request;
  const { tailLines, ...perLine } = options;
  using changes = new FolderChanges(dirname(path));
  let file = opened;
  try {
    let reader = file && new LogReader(file, tailLines === undefined ? 0 : (await findTail(file, tailLines)).offset);
    for (;;) {
      const isEnd = options.follow !== true || (await hasEnded());
      file ??= await openRegularFile(path);
      reader ??= file && new LogReader(file, 0);
      for await (const lines of reader?.readAvailable() ?? []) {
        const chosen = Buffer.concat(selectLines(lines, perLine, nowMs));
        if (chosen.length > 0) yield chosen;
      }
      if (isEnd || signal.aborted) return;
      await changes.next(recheckMs, signal);
    }
  } finally {
    await file?.close();
  }
}
