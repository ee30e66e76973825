import { type FSWatcher, watch } from 'node:fs';
import { type Logger, type News, sleep } from '@interlink/sidecar-sdk';
import { isPodFolderName } from './folder/pod-folder.ts';
import type { Supervisor } from './supervise/supervisor.ts';

/** A runner that was killed writes no last word: its absence is noticed after this long at most. */
const sweepIntervalMs = 5_000;

/** Looks after pods as their runners touch their folders, and after all that live now and then, until the signal aborts. */
export async function watchPods(
  options: { podsFolder: string; supervisor: Supervisor; logger: Logger },
  news: News,
  signal: AbortSignal,
): Promise<void> {
  const { podsFolder, supervisor } = options;
  supervisor.listen(news);
  const watcher = openWatcher(options);
  try {
    news.relist();
    while (!signal.aborted) {
      await sleep(sweepIntervalMs, signal);
      if (!signal.aborted) for (const uid of supervisor.livePods()) supervisor.nudge(uid);
    }
  } finally {
    watcher?.close();
    supervisor.listen(undefined);
    await supervisor.idle();
  }

  function openWatcher({ logger }: { logger: Logger }): FSWatcher | undefined {
    try {
      const opened = watch(podsFolder, (_, name) => {
        if (name !== null && isPodFolderName(name)) supervisor.nudge(name);
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
