import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DevCluster, startDevCluster } from './start-dev-cluster.ts';

interface Credentials {
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

let cluster: DevCluster;
let admin: Credentials;
let ca: string;

beforeAll(async () => {
  cluster = await startDevCluster({ historySize: 20 });
  const { clusters, users } = JSON.parse(cluster.kubeconfig);
  const text = (base64: string) => Buffer.from(base64, 'base64').toString();
  ca = text(clusters[0].cluster['certificate-authority-data']);
  const { user } = users[0];
  admin = { cert: text(user['client-certificate-data']), key: text(user['client-key-data']) };
});
afterAll(() => cluster.close());

async function ask(
  path: string,
  { token, ...tls }: Credentials = admin,
  method = 'GET',
  body?: object,
  contentType = 'application/json',
) {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': contentType }),
  };
  const asked = httpsRequest(`${cluster.server}${path}`, { ca, ...tls, method, headers, agent: false });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = await once(asked, 'response');
  // biome-ignore lint/suspicious/noExplicitAny: an answer of any kind
  return { code: answer.statusCode, body: (await json(answer)) as any };
}

const settings = '/api/v1/namespaces/default/configmaps';
const create = (name: string) => ask(settings, admin, 'POST', { metadata: { name } });

test('nobody gets in without a certificate or a token of the cluster', async () => {
  expect((await ask('/api/v1/nodes', {})).code).toBe(401);
  expect((await ask('/api/v1/nodes', { token: 'a.b.c' })).code).toBe(401);
});

test('a token of a service account lets in', async () => {
  const spec = { expirationSeconds: 600 };
  const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const { body } = await ask(path, admin, 'POST', { spec });
  const { token } = body.status;
  expect((await ask('/api/v1/nodes', { token })).code).toBe(200);
  expect((await ask('/api/v1/nodes', { token: `${token.slice(0, -4)}AAAA` })).code).toBe(401);
});

test('a list comes in pages', async () => {
  for (const name of ['page-1', 'page-2', 'page-3']) await create(name);
  const names: string[] = [];
  let page = '';
  do {
    const { body } = await ask(`${settings}?limit=2&continue=${page}`);
    expect(body.items.length).toBeLessThanOrEqual(2);
    names.push(...body.items.map((item: { metadata: { name: string } }) => item.metadata.name));
    page = body.metadata.continue ?? '';
  } while (page !== '');
  expect(names).toEqual(['kube-root-ca.crt', 'page-1', 'page-2', 'page-3']);
});

test('a watch goes on after a version, and is told when that is too old', async () => {
  const { body } = await ask(settings);
  const { resourceVersion } = body.metadata;
  await create('watched');
  const watched = await ask(`${settings}?watch=true&resourceVersion=${resourceVersion}&timeoutSeconds=1`).then(
    (answer) => answer.body,
  );
  expect(watched).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'watched' } } });
  for (let index = 0; index < 50; index += 1) await create(`many-${index}`);
  expect((await ask(`${settings}?watch=true&resourceVersion=${resourceVersion}`)).code).toBe(410);
});

test('an upgrade for a pod that is not there is refused with a Status', async () => {
  const path = '/api/v1/namespaces/default/pods/nobody/exec?command=ls';
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };
  const asked = httpsRequest(`${cluster.server}${path}`, { ca, ...admin, headers, agent: false });
  asked.end();
  const [answer] = await once(asked, 'response');
  expect([answer.statusCode, await json(answer)]).toMatchObject([404, { message: 'pods "nobody" not found' }]);
});

test('a refusal has details, which kubectl reads without asking', async () => {
  const pod = '/api/v1/namespaces/default/pods/debugged';
  const spec = { containers: [{ name: 'main', image: 'busybox' }] };
  await ask('/api/v1/namespaces/default/pods', admin, 'POST', { metadata: { name: 'debugged' }, spec });
  const details = async (path: string, method: string, body?: object) =>
    (await ask(path, admin, method, body)).body.details;
  expect(await details(`${pod}/ephemeralcontainers`, 'PATCH', {})).toEqual({});
  expect(await details('/apis/none/v1/things', 'GET')).toEqual({});
  const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  expect(await details(`${lease}/none`, 'GET')).toEqual({ name: 'none', kind: 'leases' });
  expect(await details(settings, 'POST', { metadata: { name: 'kube-root-ca.crt' } })).toEqual({});
});

test('a kind that there is not is refused as such, in protobuf too', async () => {
  for (const type of ['application/json', 'application/vnd.kubernetes.protobuf']) {
    const { code, body } = await ask('/apis/apps/v1/namespaces/default/deployments', admin, 'POST', {}, type);
    expect([code, body.message]).toEqual([404, expect.stringContaining('there are no deployments of apps/v1 here')]);
  }
});
