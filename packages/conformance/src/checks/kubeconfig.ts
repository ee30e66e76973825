import { ownerPath } from '@interlink/protocol';
import { type Check, checksOf } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { type Answer, expectStatus, expectSuccess } from '../http/answer.ts';

const hourMs = 3_600_000;

/** It leads nowhere: what counts is that it is taken. */
const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'cluster', cluster: { server: 'https://cluster.invalid' } }],
  users: [{ name: 'user', user: { token: 'conformance' } }],
  contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
  'current-context': 'context',
});
const inAnHour = () => ({ kubeconfig, expiresAt: new Date(Date.now() + hourMs).toISOString() });

async function put({ caller, pods, signal }: CheckContext, json: unknown): Promise<Answer> {
  return await caller.ask({ method: 'PUT', path: `${ownerPath(pods.owner)}/kubeconfig`, json }, signal);
}

async function end({ caller, pods, signal }: CheckContext): Promise<Answer> {
  return await caller.ask({ method: 'DELETE', path: `${ownerPath(pods.owner)}/kubeconfig` }, signal);
}

/** By what a backend that asks for it acts in the cluster. */
export const kubeconfigChecks: Check[] = checksOf(
  {
    generation: 'v2',
    section: 'Kubeconfig',
    skip: ({ capabilities }) =>
      capabilities === undefined || capabilities.kubeconfig === true
        ? undefined
        : 'the capabilities do not ask for a kubeconfig',
  },
  [
    {
      name: 'kubeconfig-is-replaced',
      summary: 'A kubeconfig is taken, and so are the same again and the one that replaces it.',
      run: async (context) => {
        const first = inAnHour();
        for (const sent of [first, first, { ...inAnHour(), kubeconfig: `${kubeconfig}\n` }])
          expectSuccess(await put(context, sent));
        expectSuccess(await end(context));
      },
    },
    {
      name: 'kubeconfig-refuses-expired',
      summary: 'A kubeconfig whose token has ended is refused with 400.',
      run: async (context) => {
        const expiresAt = new Date(Date.now() - hourMs).toISOString();
        expectStatus(await put(context, { kubeconfig, expiresAt }), [400]);
      },
    },
    {
      name: 'kubeconfig-refuses-other-bodies',
      summary: 'A body without kubeconfig or expiresAt is refused with 400.',
      run: async (context) => {
        expectStatus(await put(context, { kubeconfig }), [400]);
        expectStatus(await put(context, { ...inAnHour(), kubeconfig: undefined }), [400]);
      },
    },
    {
      name: 'kubeconfig-ends-twice',
      summary: 'The end of a kubeconfig is a success, also when there is none.',
      run: async (context) => {
        expectSuccess(await put(context, inAnHour()));
        for (let sent = 0; sent < 2; sent += 1) expectSuccess(await end(context));
      },
    },
  ],
);
