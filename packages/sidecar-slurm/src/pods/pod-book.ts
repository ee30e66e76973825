import type { Logger, News, OwnedReport, PodEvent } from '@interlink/sidecar-sdk';
import { InterLinkError, listNames } from '@interlink/sidecar-sdk';
import { PodFolder, type PodKey, parseFolderName } from '../folder/pod-folder.ts';
import { Slots } from '../slurm/pace/slots.ts';
import type { PodEntry } from './pod-entry.ts';
import { readEntry, readUnread } from './read-entry.ts';
import { UnreadPods } from './unread-pods.ts';

/** Folders that are read at once. */
const readsAtOnce = 16;

/** Every pod that has a folder, and who is told of changes. */
export class PodBook {
  readonly unread = new UnreadPods();
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

  /** Reads all folders. One that can't be read is told of, and kept in mind: it must not spoil the others. */
  async load(): Promise<void> {
    const keys = (await listNames(this.#root)).flatMap((name) => parseFolderName(name) ?? []);
    await this.#readAll(keys);
  }

  /** Reads once more what could not be read. @returns the pods that could be now */
  async readAgain(): Promise<PodEntry[]> {
    return await this.#readAll(this.unread.all().map(({ key }) => key));
  }

  async #readAll(keys: ReadonlyArray<PodKey>): Promise<PodEntry[]> {
    const slots = new Slots(readsAtOnce);
    const read = await Promise.all(keys.map(async (key) => await slots.run(async () => await this.read(key))));
    return read.filter((entry) => entry !== undefined);
  }

  /** Takes up the pod of a folder. @returns undefined when there is none in it, or it can't be read now */
  async read(key: PodKey): Promise<PodEntry | undefined> {
    const folder = new PodFolder(this.#root, key);
    try {
      const entry = await readEntry(folder);
      const wasUnread = this.unread.delete(key.uid);
      if (entry !== undefined) this.add(entry);
      else if (wasUnread) this.#news?.gone(key.uid);
      return entry;
    } catch (thrown) {
      const error = InterLinkError.from(thrown);
      if (this.unread.add({ key, folder, error, report: await readUnread(folder, error) }))
        this.#logger.error({ err: thrown, folder: folder.path }, 'cannot read a pod’s folder: trying again');
      return undefined;
    }
  }

  /** As {@link PodBook.read}, of a folder that has to be one of a pod. @throws InterLinkError `unavailable` */
  async readThere(key: PodKey): Promise<PodEntry> {
    const entry = await this.read(key);
    this.unread.assertRead(key.uid);
    if (entry !== undefined) return entry;
    const { path } = new PodFolder(this.#root, key);
    throw new InterLinkError('unavailable', `Cannot make the pod’s folder ${path}: it is there, without request.json`);
  }

  get(uid: string): PodEntry | undefined {
    return this.#entries.get(uid);
  }

  /** Whether there is a folder of the pod's, even if nobody could read it. */
  has(uid: string): boolean {
    return this.#entries.has(uid) || this.unread.has(uid);
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
    const read = [...this.#entries.values()].map((entry) => entry.ownedReport(this.#now()));
    return [...read, ...this.unread.reports()];
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
