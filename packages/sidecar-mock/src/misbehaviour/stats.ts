import type { ContainerStats, PodStats } from '@interlink/sidecar-sdk';
import { paramsOf, rewriteJson, route } from './hooks.ts';
import { inServer, type Misbehaviour } from './misbehaviour.ts';
import { ownersIn } from './owners.ts';

/** Changes each container's statistics. What it remembers it has by the pod's UID. */
function rewriteContainers(
  rewrite: (stats: ContainerStats, uid: string) => unknown,
): (app: Parameters<typeof rewriteJson>[0]) => void {
  return (app) =>
    rewriteJson(app, route.stats, ({ pods = [], ...rest }) => ({
      ...rest,
      pods: (pods as PodStats[]).map((pod) => ({
        ...pod,
        containers: pod.containers.map((stats) => rewrite(stats, pod.uid)),
      })),
    }));
}

function withCpu(stats: ContainerStats, usageCoreNanoSeconds: unknown): unknown {
  return { ...stats, cpu: { usageCoreNanoSeconds } };
}

/** Says for every pod that it has a container in use, whether that runs or not. */
const somethingOfEach: ContainerStats = {
  name: 'main',
  time: '2027-01-01T00:00:00Z',
  startTime: '2027-01-01T00:00:00Z',
  cpu: { usageCoreNanoSeconds: '1' },
  memory: { workingSetBytes: 1 },
};

export const statsMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'stats-as-numbers',
    summary: 'CPU time is a JSON number.',
    caughtBy: ['stats-fit-schema'],
    begin: inServer(rewriteContainers((stats) => withCpu(stats, Number(stats.cpu.usageCoreNanoSeconds)))),
  },
  {
    name: 'stats-lack-containers',
    summary: 'Pods are in the statistics, their containers are not.',
    caughtBy: ['stats-fit-schema', 'stats-measure-running', 'stats-grow'],
    begin: inServer((app) =>
      rewriteJson(app, route.stats, ({ pods = [] }) => ({
        pods: (pods as PodStats[]).map((pod) => ({ ...pod, containers: [] })),
      })),
    ),
  },
  {
    name: 'zero-until-measured',
    summary: 'The first statistics of a container say that it has used nothing.',
    caughtBy: ['stats-measure-running'],
    begin: () => {
      const seen = new Set<string>();
      const zeroAtFirst = (stats: ContainerStats, uid: string) => {
        if (seen.has(uid)) return stats;
        seen.add(uid);
        return withCpu(stats, '0');
      };
      return { server: rewriteContainers(zeroAtFirst) };
    },
  },
  {
    name: 'stats-stand-still',
    summary: 'A container is measured once, and never again.',
    caughtBy: ['stats-grow'],
    begin: () => {
      const first = new Map<string, ContainerStats>();
      const again = (stats: ContainerStats, uid: string) => {
        const known = first.get(uid) ?? stats;
        first.set(uid, known);
        return known;
      };
      return { server: rewriteContainers(again) };
    },
  },
  {
    name: 'cpu-time-goes-back',
    summary: 'CPU time gets less with time.',
    caughtBy: ['stats-grow'],
    begin: inServer(
      rewriteContainers((stats) => withCpu(stats, String(10n ** 18n - BigInt(stats.cpu.usageCoreNanoSeconds)))),
    ),
  },
  {
    name: 'stats-of-ended',
    summary: 'Containers that have ended are in the statistics.',
    caughtBy: ['stats-leave-out-ended'],
    begin: inServer((app) => {
      const known = ownersIn(app);
      rewriteJson(app, route.stats, ({ pods = [], ...rest }, request) => {
        const { node } = paramsOf(request);
        const own = [...known.values()].filter((one) => one.node === node).map(({ report }) => report);
        const measured = (pods as PodStats[]).filter(({ containers }) => containers.length > 0);
        const others = own.filter(({ uid }) => !measured.some((pod) => pod.uid === uid));
        const more = others.map(({ uid, namespace, name }) => ({
          uid,
          namespace,
          name,
          containers: [somethingOfEach],
        }));
        return { ...rest, pods: [...measured, ...more] };
      });
    }),
  },
];
