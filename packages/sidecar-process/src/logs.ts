import { stat } from 'node:fs/promises';
import {
  type ContainerRuntime,
  containerStatusesOf,
  InterLinkError,
  type LogOptions,
  type PodLifecycle,
  type PodReference,
  streamLogFile,
} from '@interlink/sidecar-sdk';
import { PodFolder } from './folder/pod-folder.ts';
import { chooseAttempt } from './log/choose-attempt.ts';

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
  return await streamLogFile({
    ...{ path: folder.attemptFile(request.container, attempt.number, 'log'), nowMs: context.now() },
    ...{ options: request.options, signal: request.signal, hasEnded: async () => await hasEnded(attemptFolder) },
  });
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
