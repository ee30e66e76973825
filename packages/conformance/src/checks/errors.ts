import { errorCodes, problemContentType } from '@interlink/protocol';
import { type Check, checksOf } from '../check.ts';
import { assertSeen, show } from '../failure.ts';
import { expectStatus, jsonOf } from '../http/answer.ts';

/** A failure says so, in one shape. */
export const errorChecks: Check[] = checksOf({ generation: 'v2', section: 'Errors' }, [
  {
    name: 'error-is-problem',
    summary: `An error is answered as ${problemContentType} with a known code and its own status.`,
    run: async ({ pods, caller, signal }) => {
      const path = `${pods.path}/no-uid`;
      const answer = await caller.ask({ method: 'DELETE', path }, signal);
      assertSeen(
        answer.contentType === problemContentType,
        `content type ${problemContentType}`,
        show(answer.contentType),
      );
      const body = jsonOf(answer);
      const { code, status, detail } = (typeof body === 'object' && body !== null ? body : {}) as Record<
        string,
        unknown
      >;
      assertSeen((errorCodes as readonly unknown[]).includes(code), 'a code of the protocol’s', show(body));
      assertSeen(status === answer.status, `status: ${answer.status}, as the answer has it`, show(body));
      assertSeen(typeof detail === 'string' && detail !== '', 'a detail that says what is wrong', show(body));
    },
  },
  {
    name: 'error-of-unknown-path',
    summary: 'A path that does not exist is answered with 404.',
    run: async ({ pods, caller, signal }) => {
      expectStatus(await caller.ask({ method: 'GET', path: `${pods.path}-of-nobody` }, signal), [404]);
    },
  },
  {
    name: 'error-of-bad-owner',
    summary: 'An owner that is no name is refused with 400.',
    run: async ({ caller, signal }) => {
      expectStatus(await caller.ask({ method: 'GET', path: '/v2/clusters/c/nodes/No_Node/pods' }, signal), [400]);
    },
  },
]);
