import { type FSWatcher, watch } from 'node:fs';
import { type Logger, type News, type PodLifecycle, sleep } from '@interlink/sidecar-sdk';
import { isPodFolderName } from './folder/pod-folder.ts';
import type { ProcessRuntime } from './runtime/process-runtime.ts';

/** A runner that was killed writes no last word: its absence is noticed after this long at most. */
const sweepIntervalMs = 5_000;

/** Looks after pods as their runners touch their folders, and now and then after whoever changed without a word, until the signal aborts. */
export async function watchPods(
  options: { podsFolder: string; runtime: ProcessRuntime; lifecycle: PodLifecycle; logger: Logger },
  news: News,
  signal: AbortSignal,
): Promise<void> {
  const { podsFolder, runtime, lifecycle } = options;
  lifecycle.tellTo(news);
  const watcher = openWatcher(options);
  try {
    news.relist();
    while (!signal.aborted) {
      await sleep(sweepIntervalMs, signal);
      if (!signal.aborted) for (const uid of runtime.changedPods()) lifecycle.nudge(uid);
    }
  } finally {
    watcher?.close();
    lifecycle.close();
    await lifecycle.idle();
  }

  function openWatcher({ logger }: { logger: Logger }): FSWatcher | undefined {
    try {
      const opened = watch(podsFolder, (_, name) => {
        if (name !== null && isPodFolderName(name)) lifecycle.nudge(name);
      });
      opened.on('error', (error) =>
        logger.warn({ err: error }, 'cannot watch the pods’ folders: looking at them instead'),
      );
      return opened;
    } catch (error) {
      logger.warn({ err: error }, 'cannot watch the pods’ folders: looking at them instead');
      return undefined;
    }
  }
}
