import { type Check, checksOf, type Site } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { expectStatus } from '../http/answer.ts';
import type { Caller } from '../http/caller.ts';

export function needsToken({ demandsToken }: Site): string | undefined {
  return demandsToken ? undefined : 'no token is demanded here (a unix socket, or --no-auth)';
}

/** Each path that a stranger might try, with a body that would do. */
async function expectRefused({ pods, signal }: CheckContext, caller: Caller): Promise<void> {
  const request = pods.requestOf();
  const pod = `${pods.path}/${request.pod.metadata.uid}`;
  const calls = [
    { method: 'GET', path: '/v2/capabilities' },
    { method: 'GET', path: pods.path },
    { method: 'GET', path: `${pods.path}?watch=true` },
    { method: 'PUT', path: pod, json: request },
    { method: 'DELETE', path: pod },
    { method: 'PATCH', path: `${pod}/volumes`, json: { volumes: [{ name: 'files', files: [] }] } },
    { method: 'GET', path: `${pod}/containers/main/log` },
  ] as const;
  for (const call of calls) expectStatus(await caller.ask(call, signal), [401]);
}

/** Nobody gets in without the token. */
export const authenticationChecks: Check[] = checksOf(
  { generation: 'v2', section: 'Authentication', skip: needsToken },
  [
    {
      name: 'auth-refuses-no-token',
      summary: 'A call without a token is answered with 401, whatever it asks for.',
      run: async (context) => await expectRefused(context, context.stranger),
    },
    {
      name: 'auth-refuses-wrong-token',
      summary: 'A call with a wrong token is answered with 401, whatever it asks for.',
      run: async (context) => await expectRefused(context, context.impostor),
    },
  ],
);
