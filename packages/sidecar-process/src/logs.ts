import { type FileHandle, open, stat } from 'node:fs/promises';
import {
  type ContainerRuntime,
  containerStatusesOf,
  FolderChanges,
  findTail,
  InterLinkError,
  type LogOptions,
  LogReader,
  type PodLifecycle,
  type PodReference,
  selectLines,
} from '@interlink/sidecar-sdk';
import { PodFolder } from './folder/pod-folder.ts';
import { chooseAttempt } from './log/choose-attempt.ts';

/** A change of a log that was not told is found after this long. */
const recheckMs = 1_000;

export interface LogRequest {
  readonly pod: PodReference;
  readonly container: string;
  readonly options: LogOptions;
  readonly signal: AbortSignal;
}

interface LogContext {
  readonly podsFolder: string;
  readonly runtime: ContainerRuntime;
  readonly lifecycle: PodLifecycle;
  readonly now: () => number;
}

/** Opens a container's log, of its newest attempt or of the one before. @throws InterLinkError `not_found`, `failed_precondition` while it waits */
export async function readLog(context: LogContext, request: LogRequest): Promise<AsyncIterable<Uint8Array>> {
  const { uid, name } = request.pod;
  const folder = new PodFolder(context.podsFolder, uid);
  const report = await context.lifecycle.settle(uid);
  const status = report && containerStatusesOf(report).find((each) => each.name === request.container);
  const pod = await context.runtime.read(uid);
  if (pod === undefined || status === undefined)
    throw new InterLinkError('not_found', `No container ${request.container} in pod ${name}`);
  const attempt = chooseAttempt(pod, status, request.options.previous === true);
  const attemptFolder = folder.attempt(request.container, attempt.number);
  const file = await openIfThere(folder.attemptFile(request.container, attempt.number, 'log'));
  return file === undefined ? noBytes() : streamLog(file, attemptFolder, request, context.now());

  async function* noBytes(): AsyncGenerator<Uint8Array> {
    yield* [];
  }
}

/** Since comes before tail, and times only grow: the last lines of what is recent are the recent ones of the last lines. */
async function* streamLog(
  file: FileHandle,
  attemptFolder: string,
  { options, signal }: LogRequest,
  nowMs: number,
): AsyncGenerator<Uint8Array> {
  const { tailLines, ...perLine } = options;
  using changes = new FolderChanges(attemptFolder);
  try {
    const reader = new LogReader(file, tailLines === undefined ? 0 : (await findTail(file, tailLines)).offset);
    for (;;) {
      const isEnd = options.follow !== true || (await hasEnded(attemptFolder));
      for await (const lines of reader.readAvailable()) {
        const chosen = Buffer.concat(selectLines(lines, perLine, nowMs));
        if (chosen.length > 0) yield chosen;
      }
      if (isEnd || signal.aborted) return;
      await changes.next(recheckMs, signal);
    }
  } finally {
    await file.close();
  }
}

/** The attempt has its ending, or is not there any more. */
async function hasEnded(attemptFolder: string): Promise<boolean> {
  const isThere = async (path: string) =>
    await stat(path).then(
      () => true,
      () => false,
    );
  return (await isThere(`${attemptFolder}/ending.json`)) || !(await isThere(attemptFolder));
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
