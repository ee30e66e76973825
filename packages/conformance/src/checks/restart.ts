import { type Check, checksOf, type Site } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { assertSeen, show } from '../failure.ts';
import { expectSuccess } from '../http/answer.ts';
import { hasEnded, isRunning } from '../pods/owned-pods.ts';

const isDurable = ({ capabilities }: Site) => capabilities?.durable !== false;

function needsRestart({ canRestart }: Site): string | undefined {
  return canRestart ? undefined : 'no command to restart the sidecar was given';
}

/** A sidecar that was killed and started again. */
export const restartChecks: Check[] = checksOf({ generation: 'v2', section: 'Restart', skip: needsRestart }, [
  {
    name: 'restart-keeps-pods',
    summary:
      'After a restart the running pod still runs, the ended one is still ended, each is there once, and both can be deleted.',
    isExclusive: true,
    skip: (site) => (isDurable(site) ? undefined : 'the capabilities say durable: false'),
    run: async (context) => {
      const { pods, restart } = context;
      const running = await pods.create();
      const before = await pods.until(running, 'running', isRunning);
      const { request: ended, report } = await pods.createEnded({ exitCode: 7 });
      await restart();
      const uids = (await pods.list()).map(({ uid }) => uid);
      for (const { pod } of [running, ended]) {
        const count = uids.filter((uid) => uid === pod.metadata.uid).length;
        assertSeen(count === 1, `pod ${pod.metadata.uid} once in the list after the restart`, show(uids));
      }
      const [runs, ends] = await Promise.all([
        pods.until(running, 'running', isRunning),
        pods.until(ended, 'ended', hasEnded),
      ]);
      assertSame(before, runs);
      assertSame(report, ends);
      await expectUsable(context, [running.pod.metadata.uid, ended.pod.metadata.uid]);
    },
  },
  {
    name: 'restart-forgets-pods',
    summary: 'A sidecar that says durable: false has forgotten its pods after a restart, and takes them anew.',
    isExclusive: true,
    skip: (site) => (isDurable(site) ? 'the capabilities do not say durable: false' : undefined),
    run: async (context) => {
      const { pods, restart } = context;
      const request = await pods.createRunning();
      await restart();
      const kept = await pods.find(request.pod.metadata.uid);
      assertSeen(kept === undefined, 'a list without the pod after the restart', show(kept?.status));
      expectSuccess(await pods.put(request));
      await pods.until(request, 'running', isRunning);
      await expectUsable(context, [request.pod.metadata.uid]);
    },
  },
]);

function assertSame(before: Parameters<typeof isRunning>[0], after: Parameters<typeof isRunning>[0]): void {
  const [was, is] = [before, after].map(({ status }) => show(status.containerStatuses[0]?.state));
  assertSeen(was === is, `the container in the state ${was}`, String(is));
}

async function expectUsable({ pods }: CheckContext, uids: ReadonlyArray<string>): Promise<void> {
  for (const uid of uids) expectSuccess(await pods.delete(uid, '?gracePeriodSeconds=1'));
  for (const uid of uids) await pods.untilGone(uid);
}
