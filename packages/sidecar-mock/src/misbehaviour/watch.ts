import type { FastifyInstance } from 'fastify';
import { queryOf, route } from './hooks.ts';
import { inServer, type Misbehaviour } from './misbehaviour.ts';
import { ownerOf, retype, rewriteStream, type StreamLine } from './streams.ts';

/** Changes each record, the same way in every stream. */
function eachRecord(change: (record: StreamLine) => unknown[]): Misbehaviour['begin'] {
  return inServer((app) => rewriteStream(app, () => change));
}

const isOurCursor = (cursor: string | undefined) => cursor !== undefined && /^[0-9a-f]{8}-\d+$/.test(cursor);
const hasEnded = ({ pod }: StreamLine) => pod?.status.containerStatuses[0]?.state.terminated !== undefined;

/** Streams with such a cursor begin with what happens next: their snapshot is kept back. */
function beginNow(app: FastifyInstance, isSo: (cursor: string | undefined) => boolean): void {
  const isMuted = new WeakMap<object, boolean>();
  app.addHook('preHandler', async (request) => {
    const query = queryOf(request);
    if (!isSo(query?.cursor)) return;
    isMuted.set(request, true);
    delete query.cursor;
  });
  rewriteStream(app, (request) => {
    let isSilent = isMuted.get(request) ?? false;
    return (record) => {
      const wasSilent = isSilent;
      if (record.snapshot === 'end') isSilent = false;
      return wasSilent ? [] : [record];
    };
  });
}

const floodSize = 100;

export const watchMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'stream-as-json',
    summary: 'The stream has the wrong content type.',
    caughtBy: ['watch-is-ndjson'],
    begin: inServer((app) => retype(app, route.list, 'application/json')),
  },
  {
    name: 'malformed-record',
    summary: 'Records of pods have no cursor once their container has ended.',
    caughtBy: ['watch-is-ndjson'],
    begin: eachRecord((record) => {
      const { cursor: _, ...rest } = record;
      return [hasEnded(record) ? rest : record];
    }),
  },
  {
    name: 'snapshot-without-begin',
    summary: 'A fresh stream does not say that it begins with a snapshot.',
    caughtBy: ['watch-begins-with-snapshot'],
    begin: inServer((app) =>
      rewriteStream(
        app,
        (request) => (record) => (record.snapshot === 'begin' && queryOf(request).cursor === undefined ? [] : [record]),
      ),
    ),
  },
  {
    name: 'snapshot-never-ends',
    summary: 'A snapshot with pods in it does not say where it ends.',
    caughtBy: ['watch-begins-with-snapshot'],
    begin: inServer((app) =>
      rewriteStream(app, () => {
        let count = 0;
        return (record) => {
          if (record.type === 'pod') count += 1;
          return record.snapshot === 'end' && count > 0 ? [] : [record];
        };
      }),
    ),
  },
  {
    name: 'stale-status',
    summary: 'A stream that has told that a pod runs does not tell that it has ended, until it is gone.',
    caughtBy: ['watch-tells-changes'],
    begin: inServer((app) =>
      rewriteStream(app, () => {
        const running = new Set<string>();
        return (record) => {
          const uid = record.pod?.uid ?? '';
          if (hasEnded(record) && running.has(uid)) return [{ type: 'bookmark', cursor: record.cursor }];
          if (record.type === 'pod') running.add(uid);
          return [record];
        };
      }),
    ),
  },
  {
    name: 'no-bookmarks',
    summary: 'A stream is silent while nothing happens.',
    caughtBy: ['watch-sends-bookmarks'],
    begin: eachRecord((record) => (record.type === 'bookmark' && record.snapshot === undefined ? [] : [record])),
  },
  {
    name: 'duplicate-records',
    summary: 'Each record is told twice.',
    caughtBy: ['watch-tells-once'],
    begin: eachRecord((record) => (record.type === 'pod' ? [record, record] : [record])),
  },
  {
    name: 'event-flood',
    summary: 'Each record of a pod is followed by a hundred events.',
    caughtBy: ['watch-tells-once'],
    begin: eachRecord((record) => {
      const event = { type: 'Normal', reason: 'Flood', message: 'again' };
      const flood = { type: 'event', uid: record.pod?.uid, event };
      return record.type === 'pod' ? [record, ...Array.from({ length: floodSize }, () => flood)] : [record];
    }),
  },
  {
    name: 'reordered-stream',
    summary: 'A pod’s running state is told once more after its end.',
    caughtBy: ['status-never-goes-back'],
    begin: inServer((app) =>
      rewriteStream(app, () => {
        const running = new Map<string, StreamLine>();
        return (record) => {
          const uid = record.pod?.uid ?? '';
          const earlier = running.get(uid);
          if (record.type === 'pod' && !hasEnded(record)) running.set(uid, record);
          return hasEnded(record) && earlier !== undefined ? [record, earlier] : [record];
        };
      }),
    ),
  },
  {
    name: 'resume-skips',
    summary: 'A resumed stream leaves out what happened while the reader was away.',
    caughtBy: ['watch-resume-misses-nothing'],
    begin: inServer((app) => beginNow(app, isOurCursor)),
  },
  {
    name: 'resume-replays',
    summary: 'A resumed stream tells again what came before its cursor, and does not say so.',
    caughtBy: ['watch-resume-repeats-nothing'],
    begin: () => ({
      server: (app) => {
        const told = new Map<string, StreamLine[]>();
        rewriteStream(app, (request) => {
          const key = ownerOf(request);
          const earlier = told.get(key) ?? [];
          told.set(key, earlier);
          const replay = queryOf(request).cursor === undefined ? [] : [...earlier];
          return (record) => {
            if (record.type === 'pod') earlier.push(record);
            return [...replay.splice(0), record];
          };
        });
      },
    }),
  },
  {
    name: 'unknown-cursor-taken',
    summary: 'A cursor that nobody knows is taken for one of now, without a snapshot.',
    caughtBy: ['watch-unknown-cursor'],
    begin: inServer((app) => beginNow(app, (cursor) => cursor !== undefined && !isOurCursor(cursor))),
  },
];
