import { expect, test } from 'vitest';
import { type Answer, kubeconfigFor, serveOnLoopback } from '../testing/loopback-server.ts';
import { inLines, runCheck } from '../testing/run-check.ts';
import { kubeletPort } from './kubelet-port.ts';

const node = {
  metadata: { name: 'node-1' },
  status: {
    addresses: [{ type: 'InternalIP', address: '10.1.2.3' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10_251 } },
  },
};
const status = (code: number, reason: string, message: string): Answer => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
});

/** An API server that has the node, and gets this from its kubelet port. */
async function look(proxied: Answer, found: Answer = { body: node }) {
  const { port } = await serveOnLoopback((path) => (path.includes('/proxy/') ? proxied : found));
  return await runCheck(kubeletPort, {
    ...{ side: 'cluster', config: {}, nodename: 'node-1', kubeconfig: kubeconfigFor(port) },
  });
}

test('kubelet-port is ok when the kubelet port answers through the API server', async () => {
  expect(inLines(await look({ body: { kubeletconfig: {} } }))).toEqual([
    'ok: the API server reaches the kubelet port of node-1 at 10.1.2.3:10251',
  ]);
});

test('kubelet-port fails when the API server can’t reach it', async () => {
  const error = 'error trying to reach service: dial tcp 10.1.2.3:10251: connect: connection refused';
  expect(await look(status(500, 'InternalError', error))).toMatchObject([
    { outcome: 'problem', what: expect.stringContaining('connection refused'), fix: expect.stringContaining('POD_IP') },
  ]);
});

test('kubelet-port fails when the kubelet port turns the API server away', async () => {
  expect(await look({ status: 401, body: 'Unauthorized' })).toMatchObject([
    { outcome: 'problem', why: expect.stringContaining('turns the API server away') },
  ]);
});

test('kubelet-port says nothing when this account may not use nodes/proxy', async () => {
  const message = 'nodes "node-1" is forbidden: User "vk" cannot get resource "nodes/proxy" in API group ""';
  expect(inLines(await look(status(403, 'Forbidden', message)))).toEqual([
    expect.stringMatching(/^skipped: this account may not get nodes\/proxy/),
  ]);
});

test('kubelet-port warns of a node that is not there', async () => {
  const missing = status(404, 'NotFound', 'nodes "node-1" not found');
  expect(inLines(await look(missing, missing))).toEqual(['warning: there is no node node-1 in the cluster']);
});

test('kubelet-port says nothing of a node at a loopback address, to which the API server hands nothing on', async () => {
  expect(inLines(await look(status(400, 'BadRequest', 'address not allowed')))).toEqual([
    expect.stringMatching(/^skipped: the API server hands no request on to a loopback address/),
  ]);
});

test('kubelet-port says nothing where the API server has no nodes/proxy, and fails where the kubelet port has no such page', async () => {
  expect(inLines(await look(status(404, 'NotFound', 'the server could not find the requested resource')))).toEqual([
    expect.stringMatching(/^skipped: this API server has no way to a node by nodes\/proxy/),
  ]);
  expect(inLines(await look({ status: 404, body: '404 page not found' }))).toEqual([
    expect.stringMatching(/^problem: the kubelet port of node-1/),
  ]);
});
