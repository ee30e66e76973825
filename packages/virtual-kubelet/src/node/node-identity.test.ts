import { type KubeClient, KubeStatusError } from '@interlink/kube';
import { expect, test } from 'vitest';
import { isNodeIdentity } from './node-identity.ts';

const signal = new AbortController().signal;
const apiThatKnows = (username: string, groups: string[] = []) =>
  ({ create: async () => ({ status: { userInfo: { username, groups } } }) }) as unknown as KubeClient;
const apiThatRefuses = (code: number) =>
  ({ create: () => Promise.reject(new KubeStatusError('POST', code, undefined)) }) as unknown as KubeClient;

test('isNodeIdentity() knows the node’s own user from all others', async () => {
  expect(await isNodeIdentity(apiThatKnows('system:node:n', ['system:nodes']), 'n', signal)).toBe(true);
  expect(await isNodeIdentity(apiThatKnows('system:node:n'), 'n', signal)).toBe(false);
  expect(await isNodeIdentity(apiThatKnows('system:serviceaccount:interlink:vk'), 'n', signal)).toBe(false);
});

test('isNodeIdentity() refuses another node’s', async () => {
  await expect(isNodeIdentity(apiThatKnows('system:node:m', ['system:nodes']), 'n', signal)).rejects.toMatchObject({
    code: 'failed_precondition',
    message: expect.stringContaining('Cannot be node "n" with the identity of node "m"'),
  });
});

test('isNodeIdentity() does without an answer that the API does not give, not without one that is late', async () => {
  expect(await isNodeIdentity(apiThatRefuses(404), 'n', signal)).toBe(false);
  expect(await isNodeIdentity(apiThatRefuses(403), 'n', signal)).toBe(false);
  await expect(isNodeIdentity(apiThatRefuses(500), 'n', signal)).rejects.toThrow('HTTP 500');
});
