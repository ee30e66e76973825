import { InterLinkError, type Owner, ownerKey, type PodEvent, type PodReport, ReportLog } from '@interlink/protocol';
import type { News, OwnedReport, PodReference } from '../backend.ts';

/**
 * What the backend holds, as last told by it: one report log per owner. A cache: {@link replaceAll} rebuilds it from one list.
 * News that arrives while a list is on its way is newer than the list.
 */
export class PodRegistry implements News {
  readonly #logs = new Map<string, ReportLog>();
  readonly #owners = new Map<string, Owner>();
  readonly #onRelist: () => void;
  /** UIDs with news since the running list began. */
  #touched: Set<string> | undefined;

  constructor(onRelist: () => void) {
    this.#onRelist = onRelist;
  }

  logOf(owner: Owner): ReportLog {
    const key = ownerKey(owner);
    let log = this.#logs.get(key);
    if (log === undefined) {
      log = new ReportLog();
      this.#logs.set(key, log);
    }
    return log;
  }

  logs(): Iterable<ReportLog> {
    return this.#logs.values();
  }

  /** The pod's report, or undefined when the backend holds no such pod. @throws InterLinkError `not_found` when it is another owner's */
  find(owner: Owner, uid: string): PodReport | undefined {
    const actual = this.#owners.get(uid);
    if (actual === undefined) return undefined;
    if (ownerKey(actual) !== ownerKey(owner))
      throw new InterLinkError('not_found', `No pod ${uid} of node ${owner.node} here`);
    return this.logOf(owner).get(uid);
  }

  /** By UID alone, for v1 peers, which name no owner. */
  findByUid(uid: string): { reference: PodReference; report: PodReport } | undefined {
    const owner = this.#owners.get(uid);
    const report = owner === undefined ? undefined : this.logOf(owner).get(uid);
    if (owner === undefined || report === undefined) return undefined;
    return { reference: { owner, uid, namespace: report.namespace, name: report.name }, report };
  }

  report({ owner, report }: OwnedReport): void {
    this.#touched?.add(report.uid);
    this.#put(owner, report);
  }

  gone(uid: string): void {
    this.#touched?.add(uid);
    this.#remove(uid);
  }

  event(uid: string, event: PodEvent): void {
    const owner = this.#owners.get(uid);
    if (owner !== undefined) this.logOf(owner).event(uid, event);
  }

  relist(): void {
    this.#onRelist();
  }

  /** Takes the backend's list as the truth, but for pods that had news while it was made. */
  async replaceAll(list: () => Promise<OwnedReport[]>): Promise<void> {
    const touched = new Set<string>();
    this.#touched = touched;
    try {
      const listed = await list();
      const present = new Set<string>();
      for (const { owner, report } of listed) {
        present.add(report.uid);
        if (!touched.has(report.uid)) this.#put(owner, report);
      }
      for (const uid of this.#owners.keys()) if (!present.has(uid) && !touched.has(uid)) this.#remove(uid);
    } finally {
      this.#touched = undefined;
    }
  }

  #put(owner: Owner, report: PodReport): void {
    this.#owners.set(report.uid, owner);
    this.logOf(owner).put(report);
  }

  #remove(uid: string): void {
    const owner = this.#owners.get(uid);
    if (owner === undefined) return;
    this.#owners.delete(uid);
    this.logOf(owner).remove(uid);
  }
}
