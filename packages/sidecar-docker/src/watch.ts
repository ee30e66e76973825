import type { News } from '@interlink/sidecar-sdk';
import type { Engine, EngineEvent } from './engine/engine.ts';
import { readJsonLines } from './engine/json-lines.ts';
import { parseLabels, uidLabel } from './identity/labels.ts';
import { crashLoop, created, type EventText, started } from './pods/pod-events.ts';
import type { PodObserver } from './pods/pod-observer.ts';
import type { PodWorks } from './pods/pod-works.ts';

export interface WatchOptions {
  readonly engine: Engine;
  readonly works: PodWorks;
  readonly observer: PodObserver;
}

/**
 * Follows the engine's events: each is a reason to look at its pod, some are worth telling. Returns when the signal aborts or
 * the stream ends. @throws InterLinkError when it breaks
 */
export async function watchPods(news: News, signal: AbortSignal, options: WatchOptions): Promise<void> {
  const { engine, works, observer } = options;
  observer.tellTo(news);
  try {
    const lines = await engine.events(uidLabel, signal);
    // What happened before the stream was open is in no event.
    news.relist();
    for await (const line of readJsonLines(lines)) {
      const event = line as EngineEvent;
      const uid = event.Actor.Attributes[uidLabel];
      if (uid === undefined) continue;
      const told = toPodEvent(event);
      const isLeaving = works.get(uid).signal.aborted;
      if (told !== undefined && !isLeaving) observer.tell(uid, told.container, told.event);
      observer.changed(uid);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** What a kubelet would say of it, or undefined. */
export function toPodEvent({
  Action: action,
  Actor: { Attributes: attributes },
}: EngineEvent): { container: string; event: EventText } | undefined {
  const labels = parseLabels(attributes);
  if (labels === undefined || labels.container.kind === 'sandbox') return undefined;
  const { container } = labels.container;
  if (action === 'create') return { container, event: created };
  if (action === 'start') return { container, event: started };
  if (action !== 'die' || labels.pod.restartPolicy === 'Never') return undefined;
  const isOver =
    labels.container.kind === 'ephemeral' ||
    (attributes.exitCode === '0' && (labels.container.kind === 'init' || labels.pod.restartPolicy === 'OnFailure'));
  return isOver ? undefined : { container, event: crashLoop(container, labels.pod) };
}
