import { ownerPath, parseCapabilities } from '@interlink/protocol';
import { type Check, checksOf, needsVerb } from '../check.ts';
import { assertSeen, show } from '../failure.ts';
import { expectStatus, isSuccess, jsonOf, summarise } from '../http/answer.ts';
import { parseOrFail } from '../http/parse-or-fail.ts';

const basics = ['create', 'delete', 'list', 'watch'] as const;

/** What the sidecar says of itself, and whether it keeps its word. */
export const capabilityChecks: Check[] = checksOf({ generation: 'v2', section: 'Capabilities' }, [
  {
    name: 'capabilities-fit-schema',
    summary: 'The capabilities, general and of an owner, fit the schema and name v2.',
    run: async ({ caller, pods, signal }) => {
      for (const path of ['/v2/capabilities', `${ownerPath(pods.owner)}/capabilities`]) {
        const answer = expectStatus(await caller.ask({ method: 'GET', path }, signal), [200]);
        const { protocolVersions } = parseOrFail(
          parseCapabilities,
          jsonOf(answer),
          `${answer.request} fits the schema`,
        );
        assertSeen(protocolVersions.includes('v2'), 'protocolVersions with v2', show(protocolVersions));
      }
    },
  },
  {
    name: 'capabilities-announce-basics',
    summary: 'create, delete, list and watch are announced: without them nothing is a sidecar.',
    run: async ({ site }) => {
      const announced: ReadonlyArray<string> = site.capabilities?.verbs ?? basics;
      const missing = basics.filter((verb) => !announced.includes(verb));
      assertSeen(missing.length === 0, 'the verbs create, delete, list and watch', show(announced));
    },
  },
  {
    name: 'capabilities-announce-pools',
    summary: 'There is a pool, and it says how much cpu, memory and how many pods it takes.',
    run: async ({ caller, pods, signal }) => {
      const path = `${ownerPath(pods.owner)}/capabilities`;
      const body = jsonOf(expectStatus(await caller.ask({ method: 'GET', path }, signal), [200])) as {
        pools?: unknown;
      };
      const pools = Array.isArray(body.pools)
        ? (body.pools as Array<{ capacity?: Record<string, unknown> }>)
        : undefined;
      // A body that does not fit has a check of its own.
      const missing = pools?.flatMap(({ capacity = {} }) =>
        ['cpu', 'memory', 'pods'].filter((key) => !(key in capacity)),
      );
      const isWhole = pools === undefined || (pools.length > 0 && missing?.length === 0);
      assertSeen(isWhole, 'pools with capacity of cpu, memory and pods', show(pools));
    },
  },
  {
    name: 'capabilities-keep-log',
    summary: 'Who announces log has one for a running pod.',
    skip: needsVerb('log'),
    run: async ({ pods }) => {
      const { pod } = await pods.createRunning({ lines: ['here'] });
      const answer = await pods.log(pod.metadata.uid);
      assertSeen(isSuccess(answer), 'the announced verb log to work', summarise(answer));
    },
  },
]);
