import { type Check, checksOf, needsVerb } from '../check.ts';
import { assertSeen } from '../failure.ts';
import { expectStatus } from '../http/answer.ts';
import { isRunning } from '../pods/owned-pods.ts';

const foreign = (uid: string, reports: ReadonlyArray<{ uid: string }>) => reports.some((report) => report.uid === uid);

/** What one owner has, no other may see, read, end or take over. */
export const ownerChecks: Check[] = checksOf({ generation: 'v2', section: 'Owners' }, [
  {
    name: 'owners-list-apart',
    summary: 'A list shows the pods of its own owner only.',
    run: async ({ pods, neighbour }) => {
      const { pod } = await pods.create();
      const seen = await neighbour.list();
      assertSeen(!foreign(pod.metadata.uid, seen), 'no pod of another owner in the list', `pod ${pod.metadata.uid}`);
    },
  },
  {
    name: 'owners-watch-apart',
    summary: 'A stream tells of the pods of its own owner only.',
    skip: needsVerb('watch'),
    run: async ({ pods, neighbour }) => {
      const stream = await neighbour.watch();
      const { pod } = await pods.create();
      const own = await neighbour.create();
      await stream.untilPod(own.pod.metadata.uid, 'running', isRunning);
      const told = stream.reportsOf(pod.metadata.uid);
      assertSeen(told.length === 0, 'nothing of another owner in the stream', `pod ${pod.metadata.uid}`);
    },
  },
  {
    name: 'owners-create-apart',
    summary: 'A UID that another owner has is answered with 404, and stays his.',
    run: async ({ pods, neighbour }) => {
      const request = await pods.createRunning();
      expectStatus(await neighbour.put(request), [404]);
      const isOwners = foreign(request.pod.metadata.uid, await pods.list());
      assertSeen(isOwners, 'the pod in its owner’s list still', 'it is not there');
    },
  },
  {
    name: 'owners-delete-apart',
    summary: 'A delete under another owner is answered with 404, and the pod lives on.',
    run: async ({ pods, neighbour }) => {
      const request = await pods.createRunning();
      const { uid } = request.pod.metadata;
      expectStatus(await neighbour.delete(uid, '?gracePeriodSeconds=0'), [404]);
      const report = await pods.find(uid);
      assertSeen(report !== undefined && isRunning(report), 'the pod running', 'another owner’s delete ended it');
    },
  },
  {
    name: 'owners-log-apart',
    summary: 'A log asked for under another owner is answered with 404.',
    skip: needsVerb('log'),
    run: async ({ pods, neighbour }) => {
      const { request } = await pods.createEnded({ lines: ['private'] });
      expectStatus(await neighbour.log(request.pod.metadata.uid), [404]);
    },
  },
  {
    name: 'owners-stats-apart',
    summary: 'Statistics are of the pods of their own owner only.',
    skip: needsVerb('stats'),
    run: async ({ pods, neighbour }) => {
      const { pod } = await pods.createRunning();
      const { text } = expectStatus(await neighbour.stats(), [200]);
      assertSeen(
        !text.includes(pod.metadata.uid),
        'no pod of another owner in the statistics',
        `pod ${pod.metadata.uid}`,
      );
    },
  },
]);
