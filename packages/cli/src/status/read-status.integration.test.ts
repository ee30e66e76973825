import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dockerCapabilities } from '../doctor/testing/capabilities.ts';
import { kubeconfigFor, serveOnLoopback } from '../doctor/testing/loopback-server.ts';
import { scratchFolder } from '../doctor/testing/run-check.ts';
import { readStatus } from './read-status.ts';
import { renderText } from './report/render-text.ts';
import { podIn, reportOf, virtualNode } from './testing/objects.ts';

const { signal } = new AbortController();
const n = { cluster: 'c', node: 'n' };

/** An InterLink that has one pod of the owner `c/n`, for whoever shows the right token; it is its own sidecar. */
async function site(token = 'the-token-of-the-account') {
  const { port } = await serveOnLoopback((path, _body, { headers }) => {
    if (headers.authorization !== 'Bearer the-token-of-the-account')
      return { status: 401, body: `who is ${headers.authorization}\u001b[2J` };
    if (path === '/v2/capabilities') return { body: dockerCapabilities };
    if (path !== '/v2/clusters/c/nodes/n/pods') return { status: 404, body: '' };
    return { body: { items: [reportOf('1', { queue: { state: 'PENDING', reason: 'Priority\u001b]0;x\u0007' } })] } };
  });
  const secrets = await scratchFolder({ token });
  const url = `http://127.0.0.1:${port}`;
  const config = { InterlinkURL: url, SidecarURL: url, SidecarPort: port, Auth: { TokenFile: join(secrets, 'token') } };
  const folder = await scratchFolder({ 'config.yaml': JSON.stringify(config) });
  return { url, env: { HOME: folder, INTERLINKCONFIGPATH: join(folder, 'config.yaml') } };
}

test('readStatus() asks InterLink with the account’s token, and shows nothing that drives a terminal', async () => {
  const { env, url } = await site();
  const report = await readStatus({ env, side: 'site', owners: [n, { cluster: 'c', node: 'other' }] }, signal);
  expect(report).toMatchObject({
    ...{ configuration: env.INTERLINKCONFIGPATH, cluster: undefined, notes: [] },
    site: {
      peers: [
        { name: 'InterLink', url, trouble: undefined, protocols: ['v2', 'v1'], backend: 'docker 1' },
        { name: 'the sidecar', pools: [{ name: 'default', capacity: { cpu: '4' } }] },
      ],
      owners: [
        { owner: 'c/n', trouble: undefined, pods: { Queued: 1 } },
        { owner: 'c/other', trouble: expect.stringContaining('protocol v1 lists no pods'), pods: { Queued: 0 } },
      ],
      oldestPending: { namespace: 'default', name: '1', node: 'n', reason: 'Queued: Priority]0;x' },
    },
  });
});

test('readStatus() repeats no token that is turned away', async () => {
  const { env } = await site('another-token-of-somebody');
  const report = await readStatus({ env, side: 'site', owners: [n] }, signal);
  const text = renderText(report);
  expect(text).toContain('who is Bearer …[2J');
  expect(text).not.toContain('another-token');
  expect(report.site?.owners).toMatchObject([{ trouble: expect.stringContaining('who is Bearer …') }]);
});

test('readStatus() asks the Kubernetes API by the kubeconfig, and both sides at once', async () => {
  const { env } = await site();
  const on = { spec: { containers: [], nodeName: 'n' } };
  const { port, asked } = await serveOnLoopback((path) => {
    if (path.startsWith('/api/v1/nodes')) return { body: { items: [virtualNode('n')] } };
    if (path.startsWith('/api/v1/namespaces/kube-system')) return { body: { metadata: { uid: 'c' } } };
    const isLease = path.startsWith('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n');
    if (isLease) return { body: { spec: { renewTime: '2027-01-01T00:00:00.000000Z' } } };
    return { body: { items: path.includes('%3Dn&') ? [podIn('Running', 'p', on)] : [] } };
  });
  const files = await scratchFolder({ kubeconfig: JSON.stringify(kubeconfigFor(port)) });
  const report = await readStatus({ env, kubeconfig: join(files, 'kubeconfig'), owners: [] }, signal);
  expect(report.cluster).toMatchObject({
    nodes: [{ name: 'n', state: 'Ready', heardAt: '2027-01-01T00:00:00.000000Z', pods: { Running: 1 } }],
    ...{ unscheduled: 0, oldestPending: undefined },
  });
  expect(report.site?.owners).toMatchObject([{ owner: 'c/n', trouble: undefined, pods: { Queued: 1 } }]);
  expect(asked.every((line) => line.startsWith('GET '))).toBe(true);
});

test('readStatus() goes on with the site when there is no way to the cluster', async () => {
  const { env } = await site();
  const report = await readStatus({ env, kubeconfig: '/nowhere/kubeconfig', owners: [] }, signal);
  expect(report.cluster).toBeUndefined();
  expect(report.notes).toEqual([expect.stringMatching(/^The cluster can’t be looked at: .*\/nowhere\/kubeconfig/)]);
  expect(report.site?.peers).toMatchObject([{ trouble: undefined }, { trouble: undefined }]);
});

test('readStatus() goes on with the cluster when a file that InterLink is reached with can’t be used', async () => {
  const { port } = await serveOnLoopback(() => ({ body: { items: [] } }));
  const config = { InterlinkURL: 'https://127.0.0.1', TLS: { CACertFile: '/nowhere/ca.crt' } };
  const files = await scratchFolder({
    kubeconfig: JSON.stringify(kubeconfigFor(port)),
    'config.yaml': JSON.stringify(config),
  });
  const env = { HOME: files, INTERLINKCONFIGPATH: join(files, 'config.yaml') };
  const report = await readStatus({ env, kubeconfig: join(files, 'kubeconfig'), owners: [] }, signal);
  expect(report).toMatchObject({ cluster: { nodes: [] }, site: undefined });
  expect(report.notes).toEqual([expect.stringMatching(/^The site can’t be looked at: .*\/nowhere\/ca\.crt/)]);
});

test('readStatus() refuses a configuration that does not load', async () => {
  const files = await scratchFolder({ 'config.yaml': 'InterlinkPort: many' });
  const env = { HOME: files, INTERLINKCONFIGPATH: join(files, 'config.yaml') };
  await expect(readStatus({ env, owners: [] }, signal)).rejects.toMatchObject({ code: 'invalid_argument' });
});
