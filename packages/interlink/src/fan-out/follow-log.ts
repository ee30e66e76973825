import type { ReportLog } from '@interlink/protocol';
import type { WatchNews } from './watch-audience.ts';
import { readWatchLine } from './watch-line.ts';

/** Tells what a log in this process tells: of a v1 plugin's pods there is no stream to listen to. Ends with the signal. */
export async function followLog(log: ReportLog, news: WatchNews, signal: AbortSignal): Promise<void> {
  try {
    for await (const record of log.watch({ signal })) {
      const text = JSON.stringify(record);
      news.line(readWatchLine(text), text);
    }
  } finally {
    news.end();
  }
}
