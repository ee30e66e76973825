import { expect, test } from 'vitest';
import { kubeconfigFor, serveOnLoopback } from '../testing/loopback-server.ts';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { permissions } from './permissions.ts';

type Attributes = Readonly<
  Record<'verb' | 'group' | 'resource' | 'subresource' | 'name' | 'namespace', string | undefined>
>;

/** An API server that allows what `isAllowed` says, and what was asked of it. */
async function apiServer(isAllowed: (asked: Attributes) => boolean) {
  const asked: Attributes[] = [];
  const { port } = await serveOnLoopback((_path, body) => {
    const { resourceAttributes } = JSON.parse(body).spec as { resourceAttributes: Attributes };
    asked.push(resourceAttributes);
    return { status: 201, body: { status: { allowed: isAllowed(resourceAttributes) } } };
  });
  return { asked, kubeconfig: kubeconfigFor(port) };
}

test('permissions is ok when all of deploy/rbac is granted', async () => {
  const { asked, kubeconfig } = await apiServer(() => true);
  const findings = await runCheck(permissions, { side: 'cluster', config: {}, kubeconfig });
  expect(inLines(findings)).toEqual([`ok: all ${asked.length} permissions of deploy/rbac are there`]);
  expect(asked).toContainEqual(expect.objectContaining({ verb: 'patch', resource: 'pods', subresource: 'status' }));
  expect(asked).toContainEqual(expect.objectContaining({ verb: 'get', resource: 'namespaces', name: 'kube-system' }));
});

test('permissions names what is missing, with what comes of it and what grants it', async () => {
  const { kubeconfig } = await apiServer(({ resource, verb }) => resource !== 'secrets' || verb === 'get');
  expect(await runCheck(permissions, { side: 'cluster', config: {}, kubeconfig })).toEqual([
    {
      outcome: 'problem',
      what: 'this account may not list, watch secrets in the whole cluster',
      why: 'pods with Secrets wait',
      fix: expect.stringContaining('kubectl apply -k deploy/rbac/cluster'),
    },
  ]);
});

test('permissions asks for the namespaces of the provider file only, where it has some', async () => {
  const { asked, kubeconfig } = await apiServer(
    ({ namespace, resource }) => resource !== 'pods' || namespace === 'team',
  );
  const folder = await scratchFolder({ provider: JSON.stringify({ Namespaces: ['team', 'other'] }) });
  const env = { VK_CONFIG_PATH: `${folder}/provider` };
  const lines = inLines(await runCheck(permissions, { side: 'cluster', config: {}, kubeconfig, env }));
  expect(lines).toEqual([
    'problem: this account may not list, watch, delete pods in other',
    'problem: this account may not patch pods/status in other',
  ]);
  expect(asked.filter(({ resource, namespace }) => resource === 'pods' && namespace === undefined)).toEqual([]);
});

test('permissions is content without what the configuration does not use', async () => {
  const { kubeconfig } = await apiServer(
    ({ verb, resource }) => !(verb === 'patch' && resource === 'nodes') && resource !== 'clustertrustbundles',
  );
  const statusIsAllowed = await runCheck(permissions, { side: 'cluster', config: {}, kubeconfig });
  expect(statusIsAllowed.filter(({ what }) => what.includes('taints') || what.includes('trust-bundles'))).toMatchObject(
    [{ outcome: 'ok' }, { outcome: 'ok' }],
  );
});

test('permissions wants the account’s token where the configuration names a ServiceAccount', async () => {
  const { kubeconfig } = await apiServer(({ name }) => name !== 'interlink-plugin');
  const config = { ServiceAccount: 'interlink-plugin', Namespace: 'interlink' };
  expect(inLines(await runCheck(permissions, { side: 'cluster', config, kubeconfig }))).toEqual([
    'problem: this account may not create serviceaccounts/token interlink-plugin in interlink',
  ]);
});

test('permissions says nothing where the API server has no access reviews', async () => {
  const missing = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404, reason: 'NotFound' };
  const { port } = await serveOnLoopback(() => ({ status: 404, body: { ...missing, message: 'no such resource' } }));
  const findings = await runCheck(permissions, { side: 'cluster', config: {}, kubeconfig: kubeconfigFor(port) });
  expect(inLines(findings)).toEqual([expect.stringMatching(/^skipped: this API server has no access reviews/)]);
});
