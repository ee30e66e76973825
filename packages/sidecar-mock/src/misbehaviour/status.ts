import type { PodReport } from '@interlink/sidecar-sdk';
import { isFor, rewriteJson, rewriteList, route } from './hooks.ts';
import { inServer, type Misbehaviour } from './misbehaviour.ts';
import { rewriteContainers, rewriteReports } from './streams.ts';

type ContainerStatus = PodReport['status']['containerStatuses'][number];

/** Lays something over the status of each container that is as wanted, in list and stream. */
function overStatus(change: (status: ContainerStatus) => object): Misbehaviour['begin'] {
  return inServer((app) => rewriteReports(app, (report) => rewriteContainers(report, change)));
}

/** Lays something over the terminated state. */
function overEnd(
  change: (terminated: NonNullable<ContainerStatus['state']['terminated']>) => object,
): Misbehaviour['begin'] {
  return overStatus(({ state: { terminated } }) =>
    terminated === undefined ? {} : { state: { terminated: { ...terminated, ...change(terminated) } } },
  );
}

/** In so many lists an end is not known. */
const staleLists = 10;
const minuteMs = 60_000;

/** Reports and the list of them. */
export const statusMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'exit-code-zero',
    summary: 'Every container ends with 0.',
    caughtBy: ['status-exit-code'],
    begin: overEnd(() => ({ exitCode: 0 })),
  },
  {
    name: 'exit-code-lost',
    summary: 'A container that failed has no state any more.',
    caughtBy: ['status-exit-code'],
    begin: overStatus(({ state: { terminated } }) => ((terminated?.exitCode ?? 0) === 0 ? {} : { state: {} })),
  },
  {
    name: 'ready-after-end',
    summary: 'A container that ended well stays ready.',
    caughtBy: ['status-success'],
    begin: overStatus(({ state: { terminated } }) => (terminated?.exitCode === 0 ? { ready: true } : {})),
  },
  {
    name: 'running-without-start',
    summary: 'A running container does not say since when.',
    caughtBy: ['status-running'],
    begin: overStatus(({ state: { running } }) => (running === undefined ? {} : { state: { running: {} } })),
  },
  {
    name: 'two-states',
    summary: 'A running container also waits.',
    caughtBy: ['status-running'],
    begin: overStatus(({ state }) =>
      state.running === undefined ? {} : { state: { ...state, waiting: { reason: 'ContainerCreating' } } },
    ),
  },
  {
    name: 'finished-before-started',
    summary: 'Containers finish a minute before they start.',
    caughtBy: ['status-times'],
    begin: overEnd(({ startedAt = '' }) => ({ finishedAt: new Date(Date.parse(startedAt) - minuteMs).toISOString() })),
  },
  {
    name: 'times-of-the-poll',
    summary: 'Containers finished when they are looked at.',
    caughtBy: ['status-times-stay'],
    begin: overEnd(() => ({ finishedAt: new Date().toISOString() })),
  },
  {
    name: 'start-forgotten',
    summary: 'After its end a container has started when it finished.',
    caughtBy: ['status-times-stay'],
    begin: overEnd(({ finishedAt }) => ({ startedAt: finishedAt })),
  },
  {
    name: 'restart-count-falls',
    summary: 'The restart count of a container falls at its end.',
    caughtBy: ['status-never-goes-back'],
    begin: overStatus(({ state }) => ({ restartCount: state.running === undefined ? 0 : 1 })),
  },
  {
    name: 'stale-list',
    summary: 'The list shows an ended container as running a few times more.',
    caughtBy: ['watch-agrees-with-list'],
    begin: () => ({
      server: (app) => {
        const shown = new Map<string, number>();
        rewriteList(app, (reports) =>
          reports.map((report) =>
            rewriteContainers(report, ({ state: { terminated } }) => {
              const times = shown.get(report.uid) ?? 0;
              if (terminated === undefined || times >= staleLists) return {};
              shown.set(report.uid, times + 1);
              return { state: { running: { startedAt: terminated.startedAt } }, ready: true };
            }),
          ),
        );
      },
    }),
  },
  {
    name: 'malformed-list',
    summary: 'The list has restart counts that are texts.',
    caughtBy: ['list-fits-schema'],
    begin: inServer((app) =>
      rewriteList(app, (reports) => reports.map((report) => rewriteContainers(report, () => ({ restartCount: '0' })))),
    ),
  },
  {
    name: 'list-as-text',
    summary: 'The list has the wrong content type.',
    caughtBy: ['list-fits-schema'],
    begin: inServer((app) =>
      app.addHook('onSend', async (request, reply, payload) => {
        if (isFor(request, route.list)) reply.header('content-type', 'text/plain');
        return payload;
      }),
    ),
  },
  {
    name: 'truncated-list',
    summary: 'The list shows three pods at most.',
    caughtBy: ['list-shows-every-pod'],
    begin: inServer((app) => rewriteList(app, (reports) => reports.slice(0, 3))),
  },
  {
    name: 'ghost-pod',
    summary: 'Every list holds a pod that nobody created.',
    caughtBy: ['list-of-nobody-is-empty', 'epoch-refuses-earlier-reads', 'epoch-ends-earlier-streams'],
    begin: inServer((app) =>
      rewriteJson(app, route.list, (body) => ({
        items: [...(body.items as PodReport[]), { ...ghost, uid: '00000000-0000-4000-8000-000000000000' }],
      })),
    ),
  },
];

const ghost = { namespace: 'default', name: 'ghost', status: { containerStatuses: [] } };
