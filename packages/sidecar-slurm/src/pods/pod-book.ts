import type { Logger, News, OwnedReport, PodEvent } from '@interlink/sidecar-sdk';
import { listNames } from '@interlink/sidecar-sdk';
import { readLink } from '../folder/link-record.ts';
import { readPulls } from '../folder/pending-pulls.ts';
import { PodFolder, parseFolderName } from '../folder/pod-folder.ts';
import { readDeletion } from '../folder/stop-order.ts';
import { readStored, readSubmission } from '../folder/stored-pod.ts';
import { Slots } from '../slurm/pace/slots.ts';
import { PodEntry } from './pod-entry.ts';

/** Folders that are read at once. */
const readsAtOnce = 16;

/** Every pod that has a folder, and who is told of changes. */
export class PodBook {
  readonly #root: string;
  readonly #now: () => number;
  readonly #logger: Logger;
  readonly #entries = new Map<string, PodEntry>();
  /** Of whom there was a report. */
  readonly #told = new Set<string>();
  #news: News | undefined;

  /** @param now milliseconds since the epoch */
  constructor(root: string, now: () => number, logger: Logger) {
    this.#root = root;
    this.#now = now;
    this.#logger = logger;
  }

  /** Reads all folders. One that can't be read is left alone, and told of: it must not spoil the others. */
  async load(): Promise<void> {
    const slots = new Slots(readsAtOnce);
    const names = await listNames(this.#root);
    await Promise.all(names.map(async (name) => await slots.run(async () => await this.#loadFolder(name))));
  }

  async #loadFolder(name: string): Promise<void> {
    const key = parseFolderName(name);
    if (key === undefined) return;
    try {
      const entry = await readEntry(new PodFolder(this.#root, key));
      if (entry !== undefined) this.#entries.set(entry.uid, entry);
    } catch (error) {
      this.#logger.error({ err: error, folder: name }, 'cannot read a pod’s folder: the pod is left as it is');
    }
  }

  get(uid: string): PodEntry | undefined {
    return this.#entries.get(uid);
  }

  all(): Iterable<PodEntry> {
    return this.#entries.values();
  }

  add(entry: PodEntry): void {
    this.#entries.set(entry.uid, entry);
  }

  /** It is no more, here and for whoever is told. */
  remove(uid: string): void {
    this.#told.delete(uid);
    if (this.#entries.delete(uid)) this.#news?.gone(uid);
  }

  tellTo(news: News | undefined): void {
    this.#news = news;
    this.#told.clear();
  }

  reports(): OwnedReport[] {
    return [...this.#entries.values()].map((entry) => entry.ownedReport(this.#now()));
  }

  /** Reads what the pod's job has written, and tells what is new. */
  async refresh(uid: string): Promise<void> {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    for (const event of await entry.read()) this.event(uid, event);
    this.tell(entry);
  }

  /** Tells the pod's state. Whoever is told finds out whether it is another than before. */
  tell(entry: PodEntry): void {
    if (this.#news === undefined || this.#entries.get(entry.uid) !== entry) return;
    this.#told.add(entry.uid);
    this.#news.report(entry.ownedReport(this.#now()));
  }

  /** Events of a pod that nobody has heard of are not heard either: it is told before. */
  event(uid: string, event: PodEvent): void {
    const entry = this.#told.has(uid) ? undefined : this.#entries.get(uid);
    if (entry !== undefined) this.tell(entry);
    this.#news?.event(uid, event);
  }
}

async function readEntry(folder: PodFolder): Promise<PodEntry | undefined> {
  const stored = await readStored(folder);
  if (stored === undefined) return undefined;
  const entry = new PodEntry(folder, stored);
  entry.submission = await readSubmission(folder, stored);
  entry.deletion = await readDeletion(folder);
  entry.pulls = await readPulls(folder, stored);
  entry.link = await readLink(folder);
  await entry.load();
  const ended = entry.submission?.ended;
  entry.hadEnded = ended !== undefined || entry.record?.phase === 'ended';
  if (ended !== undefined) {
    entry.sight = { kind: 'gone', job: ended.job, sinceMs: Date.parse(ended.at), losses: ended.losses };
  }
  return entry;
}
