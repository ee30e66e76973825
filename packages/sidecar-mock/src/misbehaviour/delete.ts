import { InterLinkError, type News } from '@interlink/sidecar-sdk';
import { before, paramsOf, queryOf, route } from './hooks.ts';
import { changed, inBackend, inServer, type Misbehaviour } from './misbehaviour.ts';
import { rewriteStream } from './streams.ts';

const uidLength = 36;
/** Longer than anybody waits. */
const neverSeconds = 1_000_000;

export const deleteMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'lost-delete',
    summary: 'A delete that names no grace period is acknowledged, and nothing happens.',
    caughtBy: ['delete-ends-pod'],
    begin: inServer((app) =>
      before(app, route.delete, (request, reply) => {
        const isUid = paramsOf(request).uid.length === uidLength;
        if (isUid && queryOf(request).gracePeriodSeconds === undefined) void reply.code(204).send();
      }),
    ),
  },
  {
    name: 'keeps-ended-pods',
    summary: 'The delete of a pod that has ended is acknowledged, and it stays.',
    caughtBy: ['delete-removes-ended-pod'],
    begin: inBackend((backend) => ({
      delete: async (pod, gracePeriodSeconds) => {
        const found = (await backend.list()).find(({ report }) => report.uid === pod.uid);
        const isEnded = found?.report.status.containerStatuses[0]?.state.terminated !== undefined;
        if (!isEnded) await backend.delete(pod, gracePeriodSeconds);
      },
    })),
  },
  {
    name: 'ignores-grace',
    summary: 'Containers are killed at once, whatever the grace period.',
    caughtBy: ['delete-waits-for-grace'],
    begin: inBackend((backend) => ({ delete: async (pod) => await backend.delete(pod, 0) })),
  },
  {
    name: 'kill-never-comes',
    summary: 'A container that ignores TERM is left alone when its grace period is over.',
    caughtBy: ['delete-kills-after-grace'],
    begin: inBackend((backend) => ({
      delete: async (pod, seconds) => await backend.delete(pod, seconds === 0 ? 0 : neverSeconds),
    })),
  },
  {
    name: 'grace-not-shortened',
    summary: 'A second delete is acknowledged and changes nothing.',
    caughtBy: ['delete-again-shortens-grace'],
    begin: () => {
      const deleted = new Set<string>();
      return {
        backend: (backend) =>
          changed(backend, {
            delete: async (pod, seconds) => {
              if (!deleted.has(pod.uid)) await backend.delete(pod, seconds);
              deleted.add(pod.uid);
            },
          }),
      };
    },
  },
  {
    name: 'unknown-delete-404',
    summary: 'The delete of a UID that was never here is answered with 404.',
    caughtBy: ['delete-of-unknown-succeeds'],
    begin: () => {
      const known = new Set<string>();
      return {
        server: (app) => {
          before(app, route.create, (request) => void known.add(paramsOf(request).uid));
          before(app, route.delete, (request) => {
            const { uid } = paramsOf(request);
            if (!known.has(uid)) throw new InterLinkError('not_found', `No pod ${uid}`);
          });
        },
      };
    },
  },
  {
    name: 'second-delete-409',
    summary: 'The delete of a pod that was deleted and is gone is answered with 409.',
    caughtBy: ['delete-twice-succeeds'],
    begin: () => {
      const gone = new Set<string>();
      return {
        backend: (backend) =>
          changed(backend, {
            watch: async (news, signal) =>
              await backend.watch?.(
                listening(news, (uid) => gone.add(uid)),
                signal,
              ),
          }),
        server: (app) =>
          before(app, route.delete, (request) => {
            const { uid } = paramsOf(request);
            if (gone.has(uid)) throw new InterLinkError('aborted', `Pod ${uid} has been deleted`);
          }),
      };
    },
  },
  {
    name: 'accepts-bad-grace',
    summary: 'A grace period that is no number is answered with 204.',
    caughtBy: ['delete-refuses-bad-grace'],
    begin: inServer((app) =>
      before(app, route.delete, (request, reply) => {
        if (!/^\d*$/.test(queryOf(request).gracePeriodSeconds ?? '')) void reply.code(204).send();
      }),
    ),
  },
  {
    name: 'never-tells-gone',
    summary: 'A stream does not tell that a pod is gone, unless it was resumed.',
    caughtBy: ['delete-tells-end'],
    begin: inServer((app) =>
      rewriteStream(
        app,
        (request) => (record) => (record.type === 'gone' && queryOf(request).cursor === undefined ? [] : [record]),
      ),
    ),
  },
];

/** News as they are, but that somebody hears of what is gone. */
function listening(news: News, onGone: (uid: string) => void): News {
  return {
    report: (report) => news.report(report),
    event: (uid, event) => news.event(uid, event),
    relist: () => news.relist(),
    gone: (uid) => {
      onGone(uid);
      news.gone(uid);
    },
  };
}
