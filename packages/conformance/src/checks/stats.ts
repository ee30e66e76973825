import { type ContainerStats, type PodRequest, parseNodeStats } from '@interlink/protocol';
import { type Check, checksOf, needsVerb } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { assertSeen, ConformanceFailure, show } from '../failure.ts';
import { expectStatus, jsonOf } from '../http/answer.ts';
import { parseOrFail } from '../http/parse-or-fail.ts';
import type { OwnedPods } from '../pods/owned-pods.ts';
import { waitUntil } from '../wait.ts';

/** Prints now and then, and so uses a little of the CPU all the time. */
const busy = { lines: Array.from({ length: 600 }, (_, index) => `line ${index}`), lineIntervalSeconds: 1 };

/** The containers of a pod that are measured, taken at their word: their shape has a check of its own. */
async function measured(pods: OwnedPods, { pod }: PodRequest): Promise<ContainerStats[]> {
  const body = jsonOf(expectStatus(await pods.stats(), [200])) as { pods?: unknown } | null;
  const all = Array.isArray(body?.pods) ? (body.pods as Array<{ uid?: unknown; containers?: unknown }>) : [];
  const containers = all.find(({ uid }) => uid === pod.metadata.uid)?.containers;
  return Array.isArray(containers) ? (containers as ContainerStats[]) : [];
}

/** Asks until the pod's container is measured as wanted. @throws ConformanceFailure when it is not in time */
async function untilMeasured(
  { pods, patienceMs, signal }: CheckContext,
  request: PodRequest,
  wanted: string,
  isSo: (stats: ContainerStats) => boolean,
): Promise<ContainerStats> {
  return await waitUntil({
    ...{ wanted, patienceMs, signal },
    look: async () => {
      const [stats] = await measured(pods, request);
      const seen = stats === undefined ? 'the container is not measured' : show(stats);
      return stats !== undefined && isSo(stats) ? { found: stats, seen } : { seen };
    },
  });
}

function cpuOf({ cpu }: ContainerStats): bigint {
  return BigInt(cpu.usageCoreNanoSeconds);
}

/** What running containers use, as counters that a scraper can take differences of. */
export const statsChecks: Check[] = checksOf({ generation: 'v2', section: 'Statistics', skip: needsVerb('stats') }, [
  {
    name: 'stats-fit-schema',
    summary: 'The statistics of an owner with a running pod fit the schema: counters are decimal strings.',
    run: async (context) => {
      const request = await context.pods.createRunning(busy);
      await untilMeasured(context, request, 'the running container measured', () => true);
      const answer = expectStatus(await context.pods.stats(), [200]);
      parseOrFail(parseNodeStats, jsonOf(answer), `${answer.request} fits the schema`);
    },
  },
  {
    name: 'stats-measure-running',
    summary: 'A running container is measured soon, by its name; until then it is left out, and nothing is ever 0.',
    run: async (context) => {
      const request = await context.pods.createRunning(busy);
      const stats = await untilMeasured(context, request, 'the running container measured', () => true);
      const isWhole = cpuOf(stats) > 0n && stats.memory.workingSetBytes > 0 && stats.name === 'main';
      assertSeen(isWhole, 'container main with CPU and memory above 0', show(stats));
      const isAfter = Date.parse(stats.time) >= Date.parse(stats.startTime);
      assertSeen(isAfter, 'a time not before startTime', show(stats));
    },
  },
  {
    name: 'stats-grow',
    summary: 'While a container works its CPU time grows and does not go back, and the times of measurement go on.',
    run: async (context) => {
      const request = await context.pods.createRunning(busy);
      const first = await untilMeasured(context, request, 'the running container measured', () => true);
      const later = await untilMeasured(context, request, `a measurement later than ${show(first)}`, ({ time }) => {
        return Date.parse(time) > Date.parse(first.time);
      });
      if (cpuOf(later) < cpuOf(first)) {
        throw new ConformanceFailure({ wanted: `CPU time of ${cpuOf(first)} ns or more`, seen: show(later) });
      }
      await untilMeasured(
        context,
        request,
        `more CPU time than ${show(first)}`,
        (stats) => cpuOf(stats) > cpuOf(first),
      );
    },
  },
  {
    name: 'stats-leave-out-ended',
    summary: 'A container that has ended is not in the statistics.',
    run: async ({ pods }) => {
      const { request } = await pods.createEnded({});
      const seen = await measured(pods, request);
      assertSeen(seen.length === 0, 'nothing of a container that has ended', show(seen));
    },
  },
]);
