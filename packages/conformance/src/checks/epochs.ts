import { type Check, checksOf, needsVerb } from '../check.ts';
import { assertSeen, show } from '../failure.ts';
import { type Answer, expectStatus, expectSuccess, jsonOf } from '../http/answer.ts';
import { isRunning } from '../pods/owned-pods.ts';

/** @throws ConformanceFailure unless the answer says that the epoch is over */
function expectStale(answer: Answer): void {
  const { code, reason } = jsonOf(expectStatus(answer, [409])) as { code?: unknown; reason?: unknown };
  const wanted = `${answer.request} refused with the code aborted and the reason stale_epoch`;
  assertSeen(code === 'aborted' && reason === 'stale_epoch', wanted, show({ code, reason }));
}

/** Of several virtual kubelets of one node, only the latest is obeyed. */
export const epochChecks: Check[] = checksOf({ generation: 'v2', section: 'Epochs' }, [
  {
    name: 'epoch-refuses-earlier-changes',
    summary: 'A create and a delete of an earlier epoch are refused, and change nothing.',
    run: async ({ pods }) => {
      const { pod } = await pods.at(7).createRunning();
      const late = pods.requestOf();
      expectStale(await pods.at(6).put(late));
      expectStale(await pods.at(6).delete(pod.metadata.uid, '?gracePeriodSeconds=0'));
      const [kept, made] = [await pods.find(pod.metadata.uid), await pods.find(late.pod.metadata.uid)];
      assertSeen(kept !== undefined && isRunning(kept), 'the pod running', 'the refused delete ended it');
      assertSeen(made === undefined, 'no pod of the refused create', `pod ${made?.uid} in the list`);
    },
  },
  {
    name: 'epoch-refuses-earlier-reads',
    summary: 'A list of an earlier epoch is refused.',
    run: async ({ pods }) => {
      await pods.at(7).list();
      expectStale(await pods.at(6).askList());
    },
  },
  {
    name: 'epoch-ends-earlier-streams',
    summary: 'A stream of an earlier epoch ends when a later one begins, and can’t be opened again.',
    skip: needsVerb('watch'),
    run: async ({ pods }) => {
      const stream = await pods.at(7).watch();
      await pods.at(8).list();
      await stream.untilEnd();
      expectStale(await pods.at(7).askWatch());
    },
  },
  {
    name: 'epoch-takes-same-later-none',
    summary: 'The same epoch again, a later one, and calls without any are answered as ever.',
    run: async ({ pods }) => {
      const { pod } = await pods.at(7).create();
      await pods.at(7).list();
      await pods.list();
      expectSuccess(await pods.at(8).delete(pod.metadata.uid, '?gracePeriodSeconds=0'));
      expectSuccess(await pods.put(pods.requestOf()));
    },
  },
  {
    name: 'epoch-of-each-owner',
    summary: 'Each owner has epochs of its own.',
    run: async ({ pods, neighbour }) => {
      await pods.at(7).list();
      await neighbour.at(1).list();
    },
  },
]);
