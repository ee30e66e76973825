import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PodReport } from '../pod/pod-report.ts';
import { ReportLog } from './report-log.ts';
import { bookmarkIntervalMs, type StreamRecord } from './stream-record.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const uidOf = (index: number) => `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`;

function reportOf(index: number, jobID = '1'): PodReport {
  return { uid: uidOf(index), namespace: 'ns', name: `p${index}`, status: { containerStatuses: [], jobID } };
}

/** A reader that holds what the records say, as a client does. */
class Reader {
  readonly records: StreamRecord[] = [];
  cursor: string | undefined;
  readonly #held = new Map<string, PodReport>();
  readonly #stop = new AbortController();
  #unseen: Set<string> | undefined;

  /** Reads what is there now, at most `limit` records of it, then breaks off. */
  async read(log: ReportLog, limit = Number.POSITIVE_INFINITY): Promise<void> {
    const batches = log.subscribe(this.cursor).batches(this.#stop.signal);
    for (;;) {
      const next = batches.next();
      const result = await Promise.race([next, vi.advanceTimersByTimeAsync(0).then(() => undefined)]);
      if (result === undefined || result.done === true) break;
      for (const record of result.value) {
        if (this.records.length >= limit) break;
        this.#take(record);
      }
      if (this.records.length >= limit) break;
    }
    this.#stop.abort();
    await batches.return(undefined);
  }

  get pods(): PodReport[] {
    return [...this.#held.values()].sort((a, b) => (a.uid < b.uid ? -1 : 1));
  }

  /** The next connection of the same client. */
  resume(): Reader {
    const next = new Reader();
    next.cursor = this.cursor;
    for (const [uid, report] of this.#held) next.#held.set(uid, report);
    return next;
  }

  #take(record: StreamRecord): void {
    this.records.push(record);
    if (record.type === 'pod') {
      this.#held.set(record.pod.uid, record.pod);
      this.#unseen?.delete(record.pod.uid);
    }
    if (record.type === 'gone') this.#held.delete(record.uid);
    if (record.type === 'bookmark' && record.snapshot === 'begin') this.#unseen = new Set(this.#held.keys());
    if (record.type === 'bookmark' && record.snapshot === 'end') {
      for (const uid of this.#unseen ?? []) this.#held.delete(uid);
      this.#unseen = undefined;
    }
    // Inside a snapshot a cursor is no place to go on from.
    if ('cursor' in record && this.#unseen === undefined) this.cursor = record.cursor;
  }
}

const sorted = (log: ReportLog) => log.reports().sort((a, b) => (a.uid < b.uid ? -1 : 1));

test('a fresh reader gets a snapshot between two bookmarks', async () => {
  const log = new ReportLog();
  log.put(reportOf(1));
  log.put(reportOf(2));
  const reader = new Reader();
  await reader.read(log);
  expect(reader.records.map((record) => record.type)).toEqual(['bookmark', 'pod', 'pod', 'bookmark']);
  expect(reader.records[0]).toMatchObject({ snapshot: 'begin' });
  expect(reader.records[3]).toMatchObject({ snapshot: 'end' });
});

test('a reader that resumes gets what changed, in the order of the changes, and no snapshot', async () => {
  const log = new ReportLog();
  for (const index of [1, 2, 3]) log.put(reportOf(index));
  const first = new Reader();
  await first.read(log);
  log.put(reportOf(3, 'new'));
  log.remove(uidOf(1));
  const second = first.resume();
  await second.read(log);
  expect(second.records.map((record) => record.type)).toEqual(['bookmark', 'pod', 'gone']);
  expect(second.pods).toEqual(sorted(log));
});

test('a reader that is cut off at any record ends up with the truth when it resumes', async () => {
  const change = fc.record({ index: fc.nat(5), kind: fc.constantFrom('put', 'remove'), value: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change)), fc.array(fc.integer({ min: 1, max: 8 })), async (rounds, cuts) => {
      const log = new ReportLog();
      let reader = new Reader();
      for (const [round, changes] of rounds.entries()) {
        for (const { index, kind, value } of changes) {
          if (kind === 'put') log.put(reportOf(index, String(value)));
          else log.remove(uidOf(index));
        }
        await reader.read(log, cuts[round % Math.max(1, cuts.length)] ?? 3);
        reader = reader.resume();
      }
      await reader.read(log);
      expect(reader.pods).toEqual(sorted(log));
    }),
    { numRuns: 200 },
  );
});

test('a cursor of another log, of the future or of nonsense gets a snapshot', async () => {
  const log = new ReportLog();
  log.put(reportOf(1));
  const reader = new Reader();
  await reader.read(log);
  const [instance] = (reader.cursor ?? '').split('-');
  for (const cursor of ['other-1', `${instance}-99`, `${instance}-x`, `${instance}-`, `${instance}--1`, '']) {
    const other = new Reader();
    other.cursor = cursor;
    await other.read(log);
    expect([cursor, other.records[0]]).toMatchObject([cursor, { snapshot: 'begin' }]);
  }
});

test('a cursor from before the remembered deletions gets a snapshot, a later one does not', async () => {
  const log = new ReportLog();
  log.put(reportOf(0));
  const before = new Reader();
  await before.read(log);
  for (let index = 1; index <= 10_001; index += 1) {
    log.put(reportOf(index));
    log.remove(uidOf(index));
  }
  const old = before.resume();
  await old.read(log);
  expect(old.records[0]).toMatchObject({ snapshot: 'begin' });
  const recent = old.resume();
  log.remove(uidOf(0));
  await recent.read(log);
  expect(recent.records.map((record) => record.type)).toEqual(['bookmark', 'gone']);
});

test('put() of an equal report is no news, and a slow reader gets a pod’s newest state only', async () => {
  const log = new ReportLog();
  const stop = new AbortController();
  const batches = log.subscribe().batches(stop.signal);
  await batches.next();
  await batches.next();
  for (const value of ['a', 'b', 'b', 'c']) log.put(reportOf(1, value));
  expect((await batches.next()).value).toMatchObject([{ type: 'pod', pod: { status: { jobID: 'c' } } }]);
  log.put(reportOf(1, 'c'));
  const next = batches.next();
  await vi.advanceTimersByTimeAsync(bookmarkIntervalMs);
  expect((await next).value).toMatchObject([{ type: 'bookmark' }]);
  stop.abort();
  expect((await batches.next()).done).toBe(true);
});

test('event() reaches present readers, at most a thousand unread ones each', async () => {
  const log = new ReportLog();
  const stop = new AbortController();
  const batches = log.subscribe().batches(stop.signal);
  await batches.next();
  await batches.next();
  for (let count = 0; count < 1_500; count += 1) {
    log.event(uidOf(1), { type: 'Normal', reason: 'Pulled', message: String(count) });
  }
  expect((await batches.next()).value).toHaveLength(1_000);
  stop.abort();
  await batches.return(undefined);
});

test('ReportLog.remove() tells a reader how the pod was last, when its last state and its end come together', async () => {
  const log = new ReportLog();
  log.put(reportOf(1, 'running'));
  const reader = new Reader();
  await reader.read(log);
  log.put(reportOf(1, 'ended'));
  log.remove(uidOf(1));
  const again = new Reader();
  again.cursor = reader.cursor;
  await again.read(log);
  expect(again.records.at(-1)).toMatchObject({ type: 'gone', uid: uidOf(1), last: { status: { jobID: 'ended' } } });
});
