import { parsePodReportList } from '@interlink/protocol';
import { type Check, checksOf } from '../check.ts';
import { assertSeen, show } from '../failure.ts';
import { expectStatus, jsonOf } from '../http/answer.ts';
import { parseOrFail } from '../http/parse-or-fail.ts';
import { isRunning, isRunningOrWaiting } from '../pods/owned-pods.ts';

/** The list: the truth after any restart. */
export const listChecks: Check[] = checksOf({ generation: 'v2', section: 'List' }, [
  {
    name: 'list-fits-schema',
    summary: 'The list is JSON, and each report fits the schema.',
    run: async ({ pods, caller, signal }) => {
      // In this order, which needs room for one of them.
      await pods.createEnded({ exitCode: 1 });
      await pods.createRunning();
      const answer = expectStatus(await caller.ask({ method: 'GET', path: pods.path }, signal), [200]);
      assertSeen(answer.contentType === 'application/json', 'content type application/json', answer.contentType);
      parseOrFail(parsePodReportList, jsonOf(answer), 'a list of reports that fit the schema');
    },
  },
  {
    name: 'list-of-nobody-is-empty',
    summary: 'The list of an owner that has no pods is empty.',
    run: async ({ pods }) => {
      const reports = await pods.list();
      assertSeen(reports.length === 0, 'an empty list', show(reports));
    },
  },
  {
    name: 'list-shows-every-pod',
    summary: 'The list shows every pod of its owner, each once.',
    run: async ({ pods, site }) => {
      const requests = await Promise.all(Array.from({ length: 5 }, async () => await pods.create()));
      // A backend that queues may have room for one.
      const mayWait = site.capabilities?.queues === true;
      const [what, isThere] = mayWait ? ['running or waiting', isRunningOrWaiting] : ['running', isRunning];
      for (const request of requests) await pods.until(request, what, isThere);
      const wanted = requests.map(({ pod }) => pod.metadata.uid).sort();
      const seen = (await pods.list()).map(({ uid }) => uid).sort();
      assertSeen(
        wanted.every((uid) => seen.filter((one) => one === uid).length === 1),
        show(wanted),
        show(seen),
      );
    },
  },
]);
