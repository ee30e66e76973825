import { setTimeout as delay } from 'node:timers/promises';
import {
  bookmarkIntervalMs,
  ndjsonContentType,
  parseStreamRecord,
  type StreamRecord,
  streamSilenceMs,
} from '@interlink/protocol';
import { type Check, checksOf, needsVerb } from '../check.ts';
import { assertSeen, show } from '../failure.ts';
import { expectSuccess } from '../http/answer.ts';
import { parseOrFail } from '../http/parse-or-fail.ts';
import { hasEnded, isRunning } from '../pods/owned-pods.ts';
import { lastCursor, outline } from '../pods/record-stream.ts';
import { waitUntil } from '../wait.ts';

const isSnapshot = (edge: 'begin' | 'end') => (record: StreamRecord) =>
  record.type === 'bookmark' && record.snapshot === edge;

/** The stream of what happens, as it happens. */
export const watchChecks: Check[] = checksOf({ generation: 'v2', section: 'Watch', skip: needsVerb('watch') }, [
  {
    name: 'watch-is-ndjson',
    summary: `The stream is answered as ${ndjsonContentType}, and each record fits the schema.`,
    run: async ({ pods }) => {
      const stream = await pods.watch();
      const { request } = await pods.createEnded({});
      await stream.until('of the pod', (records) =>
        records.find((r) => r.type === 'pod' && r.pod.uid === request.pod.metadata.uid),
      );
      assertSeen(stream.contentType === ndjsonContentType, `content type ${ndjsonContentType}`, stream.contentType);
      for (const record of stream.records) parseOrFail(parseStreamRecord, record, 'records that fit the schema');
    },
  },
  {
    name: 'watch-begins-with-snapshot',
    summary: 'A fresh stream begins with a snapshot: its begin, every pod, its end.',
    run: async ({ pods }) => {
      const running = await pods.createRunning();
      const { request: ended } = await pods.createEnded({});
      const stream = await pods.watch();
      await stream.until('the end of the snapshot', (records) => records.find(isSnapshot('end')));
      const end = stream.records.findIndex(isSnapshot('end'));
      const [first] = stream.records;
      assertSeen(
        first !== undefined && isSnapshot('begin')(first),
        'a bookmark with snapshot: begin first',
        outlines(stream.records),
      );
      const held = stream.records.slice(0, end).flatMap((record) => (record.type === 'pod' ? [record.pod.uid] : []));
      const wanted = [running, ended].map(({ pod }) => pod.metadata.uid);
      assertSeen(
        wanted.every((uid) => held.includes(uid)),
        `pods ${wanted.join(' and ')} in the snapshot`,
        outlines(stream.records),
      );
    },
  },
  {
    name: 'watch-tells-changes',
    summary: 'An open stream tells that a pod runs and that it has ended.',
    run: async ({ pods }) => {
      const stream = await pods.watch();
      const request = await pods.create({ runSeconds: 2 });
      await stream.untilPod(request.pod.metadata.uid, 'running', isRunning);
      await stream.untilPod(request.pod.metadata.uid, 'ended', hasEnded);
    },
  },
  {
    name: 'watch-agrees-with-list',
    summary: 'What the stream has told, the list shows.',
    run: async ({ pods, patienceMs, signal }) => {
      const stream = await pods.watch();
      const { pod } = await pods.create({ runSeconds: 1 });
      const { uid } = pod.metadata;
      await waitUntil({
        ...{ wanted: `the list shows pod ${uid} ended`, patienceMs, signal },
        look: async () => {
          const told = stream.reportsOf(uid).find(hasEnded);
          const listed = await pods.find(uid);
          const isEnded = listed !== undefined && hasEnded(listed);
          assertSeen(
            told === undefined || isEnded,
            'what the stream has told: the end',
            show(listed?.status ?? 'no such pod'),
          );
          return isEnded ? { found: true, seen: '' } : { seen: show(listed?.status ?? 'no such pod') };
        },
      });
    },
  },
  {
    name: 'watch-tells-once',
    summary: 'What has not changed is not told again, and a quiet pod makes no noise.',
    run: async ({ pods, signal }) => {
      const stream = await pods.watch();
      const { request } = await pods.createEnded({});
      const { uid } = request.pod.metadata;
      await stream.until('of the pod', (records) => records.find((r) => r.type === 'pod' && r.pod.uid === uid));
      await delay(quietMs, undefined, { signal });
      const reports = stream.reportsOf(uid).map((report) => JSON.stringify(report));
      const repeated = reports.filter((report, index) => report === reports[index - 1]).length;
      assertSeen(
        repeated === 0,
        'each state told once',
        `${repeated} of ${reports.length} reports repeat the one before`,
      );
      const { length } = stream.records;
      assertSeen(length <= quietRecords, `a pod's life in at most ${quietRecords} records`, String(length));
    },
  },
  {
    name: 'watch-sends-bookmarks',
    summary: `A bookmark comes at least every ${bookmarkIntervalMs / 1_000} s when nothing happens; one that is ${streamSilenceMs / 1_000} s late fails.`,
    run: async ({ pods, patienceMs, signal }) => {
      const stream = await pods.watch();
      const opened = stream.until('its beginning', (records) => records[0]);
      await opened;
      await delay(bookmarkIntervalMs / 2, undefined, { signal });
      const before = stream.records.length;
      const limitMs = Math.min(streamSilenceMs, bookmarkIntervalMs / 2 + patienceMs);
      const endsAt = performance.now() + limitMs;
      const isMarked = () => stream.records.slice(before).some((record) => record.type === 'bookmark');
      while (!isMarked() && performance.now() < endsAt) await delay(100, undefined, { signal });
      assertSeen(isMarked(), `a bookmark within ${limitMs / 1_000} s`, outlines(stream.records.slice(before)));
    },
  },
  {
    name: 'watch-resume-misses-nothing',
    summary: 'A stream resumed by cursor tells what happened while the reader was away.',
    run: async ({ pods }) => {
      const first = await pods.watch();
      const kept = await pods.create();
      const leaving = await pods.create();
      for (const { pod } of [kept, leaving]) await first.untilPod(pod.metadata.uid, 'running', isRunning);
      const cursor = lastCursor(first.records);
      first.close();
      const { uid } = leaving.pod.metadata;
      expectSuccess(await pods.delete(uid, '?gracePeriodSeconds=0'));
      await pods.untilGone(uid);
      const added = await pods.createRunning();
      const second = await pods.watch(cursor);
      await second.untilPod(added.pod.metadata.uid, 'running', isRunning);
      await second.until(`that pod ${uid} is gone, or a snapshot without it`, (records) => {
        const begin = records.findIndex(isSnapshot('begin'));
        const isTold = records.some((record) => record.type === 'gone' && record.uid === uid);
        return isTold || (begin !== -1 && records.some(isSnapshot('end'))) ? true : undefined;
      });
    },
  },
  {
    name: 'watch-resume-repeats-nothing',
    summary: 'A resumed stream tells only what came after its cursor, or begins with a snapshot and says so.',
    run: async ({ pods }) => {
      const first = await pods.watch();
      const old = await pods.create();
      await first.untilPod(old.pod.metadata.uid, 'running', isRunning);
      // Started and ready may be two states: the cursor is taken when the first pod is still.
      const added = await pods.createRunning();
      await first.untilPod(added.pod.metadata.uid, 'running', isRunning);
      const cursor = lastCursor(first.records);
      const seen = first.reportsOf(old.pod.metadata.uid).map((report) => JSON.stringify(report));
      first.close();
      const second = await pods.watch(cursor);
      const latest = await pods.createRunning();
      await second.untilPod(latest.pod.metadata.uid, 'running', isRunning);
      if (second.records.some(isSnapshot('begin'))) return;
      const repeated = second.reportsOf(old.pod.metadata.uid).filter((report) => seen.includes(JSON.stringify(report)));
      assertSeen(
        repeated.length === 0,
        'no report from before the cursor without a snapshot’s begin',
        outlines(second.records),
      );
    },
  },
  {
    name: 'watch-unknown-cursor',
    summary: 'A cursor that the sidecar does not know begins a fresh stream, with its snapshot.',
    run: async ({ pods }) => {
      const { pod } = await pods.createRunning();
      const stream = await pods.watch('nobody-knows-this');
      await stream.until('the begin of a snapshot', (records) => records.find(isSnapshot('begin')));
      await stream.untilPod(pod.metadata.uid, 'running', isRunning);
    },
  },
]);

/** Longer than any repetition takes. */
const quietMs = 1_000;
const quietRecords = 50;

function outlines(records: ReadonlyArray<StreamRecord>): string {
  return records.map(outline).join(', ') || 'no record';
}
