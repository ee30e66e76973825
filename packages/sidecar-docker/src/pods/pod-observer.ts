import { InterLinkError, type Logger, type News, podFields, sleep } from '@interlink/sidecar-sdk';
import { type Engine, priorities } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import { toPodReport } from '../report.ts';
import { writePodAddress } from '../sandbox/pod-etc.ts';
import { type Action, nextActions } from '../status/next-actions.ts';
import type { PodReader } from '../status/pod-reader.ts';
import type { PodSnapshot } from '../status/pod-snapshot.ts';
import { type EventText, failed, sandboxFailed } from './pod-events.ts';
import type { PodWork } from './pod-work.ts';
import type { PodWorks } from './pod-works.ts';

/** Engine events come in bursts; a pod is looked at once for all that come within this time. */
const settleMs = 15;

interface ObserverOptions {
  readonly engine: Engine;
  /** DataRootFolder. */
  readonly root: string;
  readonly reader: PodReader;
  readonly works: PodWorks;
  readonly logger: Logger;
}

/**
 * Looks at a pod whenever something may have changed, reports what it sees and asks the engine for what comes next. One look
 * at a pod at a time; changes during a look cause another one.
 */
export class PodObserver {
  readonly #engine: Engine;
  readonly #root: string;
  readonly #reader: PodReader;
  readonly #works: PodWorks;
  readonly #logger: Logger;
  readonly #changed = new Set<string>();
  readonly #looking = new Set<string>();
  #news: News | undefined;

  constructor({ engine, root, reader, works, logger }: ObserverOptions) {
    this.#engine = engine;
    this.#root = root;
    this.#reader = reader;
    this.#works = works;
    this.#logger = logger;
  }

  /** Where reports and events go from now on. Before, they go nowhere: the first list brings what was missed. */
  tellTo(news: News): void {
    this.#news = news;
  }

  tell(uid: string, container: string | undefined, event: EventText): void {
    this.#news?.event(uid, container === undefined ? event : { ...event, container });
  }

  gone(uid: string): void {
    this.#works.forget(uid);
    this.#news?.gone(uid);
  }

  /** Something may have changed: the pod is looked at soon. */
  changed(uid: string): void {
    this.#changed.add(uid);
    if (this.#looking.has(uid)) return;
    this.#looking.add(uid);
    void this.#keepLooking(uid);
  }

  /** Looks now, reports, and does nothing about it. */
  async report(uid: string): Promise<PodSnapshot | undefined> {
    const { lastSnapshot } = this.#works.get(uid);
    const snapshot = lastSnapshot ?? (await this.#reader.readPod(uid));
    if (snapshot === undefined) return undefined;
    const { owner } = snapshot.pod;
    this.#news?.report({ owner, report: toPodReport(snapshot, this.#works.knowledgeOf(uid)) });
    return snapshot;
  }

  async #keepLooking(uid: string): Promise<void> {
    try {
      while (this.#changed.has(uid)) {
        await sleep(settleMs, neverAborted);
        this.#changed.delete(uid);
        await this.#look(uid);
      }
    } catch (error) {
      const { lastSnapshot } = this.#works.get(uid);
      const fields = lastSnapshot === undefined ? { podUid: uid } : podFields(lastSnapshot.pod);
      this.#logger.warn({ ...fields, err: error }, 'cannot look at the pod');
      this.#changed.delete(uid);
      this.#news?.relist();
    } finally {
      this.#looking.delete(uid);
    }
  }

  async #look(uid: string): Promise<void> {
    const work = this.#works.get(uid);
    const snapshot = await this.report(uid);
    if (snapshot === undefined) {
      // While it is being deleted the last word is the deletion's.
      if (!work.signal.aborted && !work.isBeingCreated) this.gone(uid);
      return;
    }
    if (work.signal.aborted) return;
    // Before a container starts that might read it.
    if (snapshot.sandbox?.ip !== undefined) await writePodAddress(this.#root, uid, snapshot.sandbox.ip);
    const now = performance.now();
    const due = nextActions(snapshot).filter(({ id }) => !work.isHeldBack(id, now));
    await Promise.all(due.map(async (action) => await this.#act(action, snapshot, work)));
  }

  async #act(action: Action, { pod }: PodSnapshot, work: PodWork): Promise<void> {
    const isSandbox = action.kind === 'start-sandbox';
    try {
      await this.#engine.startContainer(action.id, isSandbox ? priorities.sandbox : priorities.start);
      work.noteSuccess(action.id);
    } catch (error) {
      if (work.signal.aborted || isNotFound(error)) return;
      const { message } = InterLinkError.from(error);
      const name = isSandbox ? undefined : action.container;
      this.tell(pod.uid, name, isSandbox ? sandboxFailed(message) : failed(message));
      this.#lookAgain(pod.uid, work.noteFailure(action.id, performance.now()), work.signal);
    }
    // The engine's event says so too, unless its stream is broken just now.
    this.changed(pod.uid);
  }

  #lookAgain(uid: string, afterMs: number, signal: AbortSignal): void {
    void sleep(afterMs, signal).then(() => this.changed(uid));
  }
}

const neverAborted = new AbortController().signal;
