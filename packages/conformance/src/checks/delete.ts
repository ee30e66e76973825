import { type Check, checksOf, needsVerb } from '../check.ts';
import { assertSeen, show } from '../failure.ts';
import { expectStatus, expectSuccess } from '../http/answer.ts';
import { hasEnded } from '../pods/owned-pods.ts';

/** A pod's end on demand. */
export const deleteChecks: Check[] = checksOf({ generation: 'v2', section: 'Delete' }, [
  {
    name: 'delete-ends-pod',
    summary: 'A running pod that is deleted ends and leaves the list.',
    run: async ({ pods }) => {
      const { pod } = await pods.createRunning();
      expectSuccess(await pods.delete(pod.metadata.uid));
      await pods.untilGone(pod.metadata.uid);
    },
  },
  {
    name: 'delete-removes-ended-pod',
    summary: 'A pod that has ended stays until it is deleted, and leaves the list then.',
    run: async ({ pods }) => {
      const { request } = await pods.createEnded({});
      const { uid } = request.pod.metadata;
      expectSuccess(await pods.delete(uid, '?gracePeriodSeconds=5'));
      await pods.untilGone(uid);
    },
  },
  {
    name: 'delete-waits-for-grace',
    summary: 'A container that needs three of its thirty seconds of grace gets them.',
    run: async ({ pods, site }) => {
      const request = await pods.createRunning({ lines: ['ready'], termSeconds: 3 });
      const { pod } = request;
      // A container runs a moment before its shell listens for TERM.
      if (needsVerb('log')(site) === undefined) await pods.untilLogged(request, 'ready');
      expectSuccess(await pods.delete(pod.metadata.uid, '?gracePeriodSeconds=30'));
      const ms = await pods.untilGone(pod.metadata.uid);
      assertSeen(ms > 2_000, 'the pod there for 3 s after TERM', `gone after ${Math.round(ms)} ms`);
    },
  },
  {
    name: 'delete-kills-after-grace',
    summary: 'A container that ignores TERM is killed when the grace period is over.',
    run: async ({ pods }) => {
      const { pod } = await pods.createRunning({ termSeconds: Number.POSITIVE_INFINITY });
      expectSuccess(await pods.delete(pod.metadata.uid, '?gracePeriodSeconds=1'));
      await pods.untilGone(pod.metadata.uid);
    },
  },
  {
    name: 'delete-again-shortens-grace',
    summary: 'A second delete shortens the grace period of the first.',
    run: async ({ pods }) => {
      const { pod } = await pods.createRunning({ termSeconds: Number.POSITIVE_INFINITY });
      expectSuccess(await pods.delete(pod.metadata.uid, '?gracePeriodSeconds=3600'));
      expectSuccess(await pods.delete(pod.metadata.uid, '?gracePeriodSeconds=0'));
      await pods.untilGone(pod.metadata.uid);
    },
  },
  {
    name: 'delete-tells-end',
    summary: 'The stream tells that a deleted pod is gone, and how its containers ended.',
    skip: needsVerb('watch'),
    run: async ({ pods }) => {
      const stream = await pods.watch();
      const { pod } = await pods.createRunning();
      const { uid } = pod.metadata;
      expectSuccess(await pods.delete(uid, '?gracePeriodSeconds=5'));
      await stream.until(`that pod ${uid} is gone`, (records) =>
        records.find((record) => record.type === 'gone' && record.uid === uid),
      );
      const last = stream.reportsOf(uid).at(-1);
      assertSeen(
        last !== undefined && hasEnded(last),
        'a last report with terminated containers',
        show(last?.status ?? 'none'),
      );
    },
  },
  {
    name: 'delete-of-unknown-succeeds',
    summary: 'The delete of a UID that nobody knows is a success.',
    run: async ({ pods }) => {
      expectSuccess(await pods.delete(pods.requestOf().pod.metadata.uid));
    },
  },
  {
    name: 'delete-twice-succeeds',
    summary: 'The delete of a pod that was deleted and is gone is a success.',
    run: async ({ pods }) => {
      const { pod } = await pods.createRunning();
      expectSuccess(await pods.delete(pod.metadata.uid, '?gracePeriodSeconds=1'));
      await pods.untilGone(pod.metadata.uid);
      expectSuccess(await pods.delete(pod.metadata.uid, '?gracePeriodSeconds=1'));
    },
  },
  {
    name: 'delete-refuses-bad-grace',
    summary: 'A grace period that is no whole number is refused with 400, and the pod lives on.',
    run: async ({ pods }) => {
      const { pod } = await pods.createRunning();
      expectStatus(await pods.delete(pod.metadata.uid, '?gracePeriodSeconds=soon'), [400]);
      assertSeen((await pods.find(pod.metadata.uid)) !== undefined, 'the pod in the list', 'it is gone');
    },
  },
]);
