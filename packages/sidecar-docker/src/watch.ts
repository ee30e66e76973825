import type { News, PodLifecycle } from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import { parseEngineEvent } from './engine/engine-event.ts';
import { readJsonLines } from './engine/json-lines.ts';
import type { PodReader } from './status/pod-reader.ts';

export interface WatchOptions {
  readonly engine: Engine;
  readonly reader: PodReader;
  readonly lifecycle: PodLifecycle;
}

/**
 * Follows the engine's events: each is a reason to look at its pod. Returns when the signal aborts or the stream ends.
 * @throws InterLinkError when it breaks
 */
export async function watchPods(news: News, signal: AbortSignal, options: WatchOptions): Promise<void> {
  const { engine, reader, lifecycle } = options;
  lifecycle.tellTo(news);
  try {
    const lines = await engine.events(signal);
    // What happened before the stream was open is in no event.
    reader.forgetAll();
    news.relist();
    for await (const line of readJsonLines(lines)) {
      const event = parseEngineEvent(line);
      if (event === undefined) continue;
      reader.forget(event.containerId);
      lifecycle.nudge(event.uid);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (signal.aborted) lifecycle.close();
  }
}
