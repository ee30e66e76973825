import { type Check, checksOf } from '../../check.ts';
import { assertSeen, show } from '../../failure.ts';
import { expectStatus, expectSuccess, isSuccess, jsonOf, summarise } from '../../http/answer.ts';
import { outputOf } from '../../pods/scene.ts';
import { hasV1Ended, isV1Running } from '../../pods/v1-pods.ts';
import { waitUntil } from '../../wait.ts';
import { needsToken } from '../authentication.ts';

const lines = ['one', 'two', 'three'];

const create: Check[] = checksOf({ generation: 'v1', section: 'v1: create' }, [
  {
    name: 'v1-create-answers-ids',
    summary: 'A create answers with PodUID, the UID that was sent, and a PodJID that is not empty.',
    run: async ({ v1 }) => {
      const request = v1.requestOf();
      const answer = expectSuccess(await v1.post(request));
      const { PodUID, PodJID } = idsOf(answer.text);
      const isIt = PodUID === request.pod.metadata.uid && typeof PodJID === 'string' && PodJID !== '';
      assertSeen(isIt, `{"PodUID": "${request.pod.metadata.uid}", "PodJID": "…"}`, summarise(answer));
    },
  },
  {
    name: 'v1-create-twice-is-one',
    summary: 'The same create sent again answers with the same job and leaves the pod as it is.',
    run: async ({ v1 }) => {
      const request = v1.requestOf();
      const first = expectSuccess(await v1.post(request));
      await v1.until(request, 'running', isV1Running);
      const second = expectSuccess(await v1.post(request));
      assertSeen(first.text === second.text, `the same answer, ${show(first.text)}`, show(second.text));
    },
  },
  {
    name: 'v1-create-refuses-broken-json',
    summary: 'A body that is no JSON is refused with an honest status, never with 2xx.',
    run: async ({ caller, signal }) => {
      const answer = await caller.ask({ method: 'POST', path: '/create', body: '{"pod": ' }, signal);
      assertSeen(answer.status >= 400, 'a refusal (4xx or 5xx)', summarise(answer));
    },
  },
]);

const status: Check[] = checksOf({ generation: 'v1', section: 'v1: status' }, [
  {
    name: 'v1-status-of-nothing',
    summary: 'An empty list of pods is a ping: it is answered with 2xx and JSON.',
    run: async ({ v1 }) => void jsonOf(expectSuccess(await v1.status())),
  },
  {
    name: 'v1-status-of-every-pod',
    summary: 'One call answers for every pod that it names.',
    run: async ({ v1 }) => {
      const requests = [await v1.create(), await v1.create(), await v1.create()];
      for (const request of requests) await v1.until(request, 'running', isV1Running);
      const seen = (await v1.statuses(...requests)).map(({ UID }) => UID);
      const missing = requests.filter(({ pod }) => !seen.includes(pod.metadata.uid));
      assertSeen(missing.length === 0, 'the status of 3 pods', `${seen.length}`);
    },
  },
  {
    name: 'v1-status-beside-unknown',
    summary: 'A pod that nobody knows does not keep the others from being answered.',
    run: async ({ v1 }) => {
      const known = await v1.create();
      await v1.until(known, 'running', isV1Running);
      const seen = await v1.statuses(known, v1.requestOf());
      const isThere = seen.some(({ UID }) => UID === known.pod.metadata.uid);
      assertSeen(isThere, `the status of pod ${known.pod.metadata.uid}`, show(seen));
    },
  },
  {
    name: 'v1-status-exit-code',
    summary: 'A container that failed is terminated with its exit code.',
    run: async ({ v1 }) => {
      const request = await v1.create({ runSeconds: 0, exitCode: 7 });
      const { containers } = await v1.until(request, 'ended', hasV1Ended);
      assertSeen(containers?.[0]?.state.terminated?.exitCode === 7, 'terminated with exit code 7', show(containers));
    },
  },
]);

const deletion: Check[] = checksOf({ generation: 'v1', section: 'v1: delete' }, [
  {
    name: 'v1-delete-ends-pod',
    summary: 'A deleted pod ends: the next statuses show it terminated, or not at all.',
    run: async ({ v1, patienceMs, signal }) => {
      const request = await v1.create();
      await v1.until(request, 'running', isV1Running);
      expectSuccess(await v1.delete(request));
      await waitUntil({
        ...{ wanted: 'the deleted pod terminated or gone', patienceMs, signal },
        look: async () => {
          const found = (await v1.statuses(request)).find(({ UID }) => UID === request.pod.metadata.uid);
          return found === undefined || hasV1Ended(found) ? { found: true, seen: '' } : { seen: show(found) };
        },
      });
    },
  },
  {
    name: 'v1-delete-of-unknown-succeeds',
    summary: 'The delete of a pod that nobody knows is a success.',
    run: async ({ v1 }) => void expectSuccess(await v1.delete(v1.requestOf())),
  },
]);

const logs: Check[] = checksOf({ generation: 'v1', section: 'v1: logs' }, [
  {
    name: 'v1-log-whole',
    summary: 'The log is what the container wrote, byte by byte.',
    run: async ({ v1 }) => {
      const request = await v1.create({ runSeconds: 0, lines });
      await v1.until(request, 'ended', hasV1Ended);
      const { text } = expectSuccess(await v1.log(request));
      assertSeen(text === outputOf({ lines }), show(outputOf({ lines })), show(text));
    },
  },
  {
    name: 'v1-log-tail',
    summary: 'Tail gives the last lines.',
    run: async ({ v1 }) => {
      const request = await v1.create({ runSeconds: 0, lines });
      await v1.until(request, 'ended', hasV1Ended);
      const { text } = expectSuccess(await v1.log(request, { tailLines: 2 }));
      const wanted = outputOf({ lines: lines.slice(-2) });
      assertSeen(text === wanted, show(wanted), show(text));
    },
  },
  {
    name: 'v1-log-refuses-bad-options',
    summary: 'Tail together with Bytes is refused with 400.',
    run: async ({ v1 }) => {
      const request = await v1.create({ runSeconds: 0, lines });
      await v1.until(request, 'ended', hasV1Ended);
      expectStatus(await v1.log(request, { tailLines: 1, limitBytes: 1 }), [400]);
    },
  },
  {
    name: 'v1-log-of-unknown-pod',
    summary: 'The log of a pod that nobody knows is an honest failure, never a 2xx.',
    run: async ({ v1 }) => {
      const answer = await v1.log(v1.requestOf());
      assertSeen(!isSuccess(answer), 'a refusal (4xx or 5xx)', summarise(answer));
    },
  },
]);

const authentication: Check[] = checksOf({ generation: 'v1', section: 'v1: authentication', skip: needsToken }, [
  {
    name: 'v1-auth-refuses-no-token',
    summary: 'A call without a token is answered with 401.',
    run: async ({ stranger, signal }) => {
      for (const [path, json] of [
        ['/status', []],
        ['/create', {}],
        ['/delete', {}],
        ['/getLogs', {}],
      ] as const) {
        expectStatus(await stranger.ask({ method: 'POST', path, json }, signal), [401]);
      }
    },
  },
]);

/** Protocol v1, as plugins in the field speak it. */
export const v1Checks: Check[] = [...create, ...status, ...deletion, ...logs, ...authentication];

/** Some answer a create with a list of one. */
function idsOf(text: string): { PodUID?: unknown; PodJID?: unknown } {
  try {
    const parsed: unknown = JSON.parse(text);
    const [first] = Array.isArray(parsed) ? parsed : [parsed];
    return typeof first === 'object' && first !== null ? first : {};
  } catch {
    return {};
  }
}
