import type { ContainerState } from '@interlink/protocol';
import { type Check, checksOf, needsVerb } from '../check.ts';
import { assertSeen, show } from '../failure.ts';
import { hasEnded, isRunning } from '../pods/owned-pods.ts';

/** What a report says of a container: its state, its times, its exit code. */
export const statusChecks: Check[] = checksOf({ generation: 'v2', section: 'Status' }, [
  {
    name: 'status-exit-code',
    summary: 'The exit code of a container that failed is shown, with its terminated state.',
    run: async ({ pods }) => {
      const { report } = await pods.createEnded({ exitCode: 7 });
      const { terminated } = stateOf(report);
      assertSeen(terminated?.exitCode === 7, 'terminated with exit code 7', show(stateOf(report)));
    },
  },
  {
    name: 'status-success',
    summary: 'A container that ended well is terminated with exit code 0, and not ready any more.',
    run: async ({ pods }) => {
      const { report } = await pods.createEnded({});
      const [container] = report.status.containerStatuses;
      const isIt = container?.state.terminated?.exitCode === 0 && container.ready === false;
      assertSeen(isIt, 'terminated with exit code 0, ready: false', show(container));
    },
  },
  {
    name: 'status-running',
    summary: 'A running container has one state, with its start time, and is ready when nothing probes it.',
    run: async ({ pods }) => {
      const request = await pods.create();
      const report = await pods.until(
        request,
        'running and ready',
        (found) => isRunning(found) && found.status.containerStatuses[0]?.ready === true,
      );
      const [container] = report.status.containerStatuses;
      const { running, waiting, terminated } = stateOf(report);
      const isOne = waiting === undefined && terminated === undefined;
      assertSeen(
        isOne && running?.startedAt !== undefined,
        'state: {running: {startedAt}} and nothing else',
        show(container),
      );
    },
  },
  {
    name: 'status-times',
    summary: 'An ended container shows when it started and finished, in that order.',
    run: async ({ pods }) => {
      const { report } = await pods.createEnded({ runSeconds: 1 });
      const { startedAt = '', finishedAt = '' } = stateOf(report).terminated ?? {};
      const [start, finish] = [Date.parse(startedAt), Date.parse(finishedAt)];
      // Kubernetes' own times are whole seconds.
      assertSeen(start <= finish, 'startedAt and finishedAt, in this order', show(stateOf(report)));
      const isNow = Math.abs(Date.now() - finish) < dayMs;
      assertSeen(isNow, 'a finishedAt of this day', finishedAt);
    },
  },
  {
    name: 'status-times-stay',
    summary:
      'The times of an ended container are the same in every report, and its start is the one shown while it ran.',
    run: async ({ pods, signal }) => {
      const request = await pods.create({ runSeconds: 2 });
      const running = await pods.until(request, 'running', (report) => isRunning(report) || hasEnded(report));
      const first = await pods.until(request, 'ended', hasEnded);
      await new Promise((resolve) => setTimeout(resolve, betweenReportsMs));
      signal.throwIfAborted();
      const second = await pods.until(request, 'ended', hasEnded);
      assertSeen(
        show(stateOf(first)) === show(stateOf(second)),
        `still ${show(stateOf(first))}`,
        show(stateOf(second)),
      );
      const [shown, kept] = [stateOf(running).running?.startedAt, stateOf(first).terminated?.startedAt];
      assertSeen(shown === undefined || shown === kept, `the same startedAt, ${shown}, after the end`, String(kept));
    },
  },
  {
    name: 'status-never-goes-back',
    summary:
      'A pod that is never restarted goes from waiting to running to terminated, and its restart count never falls.',
    skip: needsVerb('watch'),
    run: async ({ pods }) => {
      const stream = await pods.watch();
      const request = await pods.create({ runSeconds: 1 });
      const { uid } = request.pod.metadata;
      await pods.until(request, 'ended', hasEnded);
      // Whatever is told of it late has come by the time that the stream tells of another pod.
      const later = await pods.create();
      await stream.untilPod(later.pod.metadata.uid, 'at all', () => true);
      const told = stream.reportsOf(uid);
      const ranks = told.map((report) => rankOf(stateOf(report)));
      assertSeen(
        isRising(ranks),
        'waiting, running, terminated, in this order',
        show(told.map((r) => Object.keys(stateOf(r))[0])),
      );
      const counts = told.map(({ status }) => status.containerStatuses[0]?.restartCount ?? 0);
      assertSeen(isRising(counts), 'restart counts that never fall', show(counts));
    },
  },
]);

const dayMs = 86_400_000;
/** Times with whole seconds must show a difference. */
const betweenReportsMs = 1_100;

function stateOf(report: { status: { containerStatuses: ReadonlyArray<{ state: ContainerState }> } }): ContainerState {
  return report.status.containerStatuses[0]?.state ?? {};
}

function rankOf(state: ContainerState): number {
  return state.terminated !== undefined ? 2 : state.running !== undefined ? 1 : 0;
}

function isRising(numbers: ReadonlyArray<number>): boolean {
  return numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? 0));
}
