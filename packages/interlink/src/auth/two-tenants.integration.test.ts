import { connect } from 'node:net';
import { type HttpTarget, streamProtocol } from '@interlink/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';
import { owner, startStreamingSidecar, uid } from '../testing/streaming-sidecar.ts';
import { startForTenants } from '../testing/two-tenants.ts';
import { WatchReader } from '../testing/watch-reader.ts';
import { startWatchedSidecar } from '../testing/watched-sidecar.ts';

const [own, others] = ['/v2/clusters/c1/nodes/n1', '/v2/clusters/c1/nodes/n2'];
const pools = [{ name: 'cpu', capacity: {} }];

/** InterLink before a v2 sidecar that says what it was asked. */
async function start(policy?: string) {
  const sidecar = await startScriptedSidecar(({ method, url }) =>
    url.endsWith('/capabilities')
      ? { body: { ...v2Capabilities, verbs: ['list', 'exec', 'attach', 'create'], pools } }
      : { body: { method, url } },
  );
  const { as, url } = await startForTenants(sidecar.port, policy);
  return { as, url, requests: () => sidecar.seen.filter(({ url }) => !url.endsWith('/capabilities')) };
}

async function ask(target: HttpTarget, method: string, path: string) {
  const sent = { method: method as 'GET', path, ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }) };
  const { statusCode, body } = await target.send(sent);
  return { status: statusCode, text: await body.text() };
}

const requests = [
  ['GET', 'pods'],
  ['GET', 'pods?watch=true'],
  ['GET', `pods/${uid}/containers/c/log?follow=true`],
  ['GET', `pods/${uid}/rendering`],
  ['GET', 'stats'],
  ['GET', 'capabilities'],
  ['PUT', `pods/${uid}`],
  ['PUT', `pods/${uid}?adopt=true`],
  ['PUT', `pods/${uid}/kubeconfig`],
  ['PATCH', `pods/${uid}`],
  ['PATCH', `pods/${uid}/volumes`],
  ['DELETE', `pods/${uid}?gracePeriodSeconds=0`],
  ['POST', 'render'],
  ['GET', `pods/${uid}/containers/c/exec?command=ls`],
  ['GET', `pods/${uid}/portforward?port=80`],
  ['POST', 'what-is-to-come'],
] as const;

test('neither of two identities reaches the other’s node: what is denied never leaves InterLink', async () => {
  const { as, requests: seen } = await start();
  for (const [method, rest] of requests) {
    expect([method, rest, (await ask(as.alice, method, `${own}/${rest}`)).status]).toEqual([method, rest, 200]);
    expect([method, rest, (await ask(as.bob, method, `${others}/${rest}`)).status]).toEqual([method, rest, 200]);
  }
  const before = seen().length;
  for (const [method, rest] of requests) {
    for (const [target, path] of [
      [as.alice, others],
      [as.bob, own],
      [as.stranger, own],
    ] as const) {
      const { status, text } = await ask(target, method, `${path}/${rest}`);
      expect([method, rest, status]).toEqual([method, rest, 403]);
      expect(JSON.parse(text)).toMatchObject({ code: 'permission_denied', reason: 'owner_not_granted' });
    }
  }
  expect(seen()).toHaveLength(before);
});

test('an operator sees every owner’s pods, and changes nothing there', async () => {
  const { as } = await start();
  const reads = [
    'pods',
    'pods?watch=true',
    `pods/${uid}/containers/c/log`,
    `pods/${uid}/rendering`,
    'stats',
    'capabilities',
  ];
  for (const [method, rest] of requests) {
    const isRead = method === 'GET' && reads.some((read) => rest.startsWith(read)) && !/exec|portforward/.test(rest);
    const { status } = await ask(as.operator, method, `${others}/${rest}`);
    expect([method, rest, status]).toEqual([method, rest, isRead ? 200 : 403]);
  }
});

test('a stream that a grant does not give is refused to its holder', async () => {
  const { as } = await start();
  const attach = `pods/${uid}/containers/c/attach`;
  expect((await ask(as.alice, 'GET', `${own}/${attach}`)).status).toBe(200);
  const { status, text } = await ask(as.bob, 'GET', `${others}/${attach}`);
  expect([status, JSON.parse(text)]).toMatchObject([403, { reason: 'stream_switched_off' }]);
});

/** Sent as it is: clients and URL parsers would tidy it up. */
async function askRaw(url: string, path: string, token: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const head = `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n\r\n`;
  socket.end(head);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer.split('\r\n')[0] ?? '';
}

test.each([
  `${own}/../n2/pods`,
  `${own}/%2e%2e/n2/pods`,
  `${own}/..%2fn2/pods`,
  `${own}/pods/..%2f..%2fn2%2fpods`,
  `${own}//../n2/pods`,
  `${own}/pods\\..\\..\\n2`,
  `http://sidecar${others}/pods`,
  `${others.replace('n2', 'n%32')}/pods`,
  `/v2/capabilities/../clusters/c1/nodes/n2/pods`,
  `/v2/capabilitie%73`,
])('a path that a sidecar might read as another’s is not passed on: %s', async (path) => {
  const { url, requests: seen } = await start();
  expect(await askRaw(url, path, 'the-token-of-alice')).toMatch(/ 40[034] /);
  expect(seen()).toEqual([]);
});

test('capabilities show what the caller is granted', async () => {
  const policy = `Policy:
  Grants:
    - { Identities: [token:alice], Owners: [c1/n1] }
    - { Groups: [team-b], Owners: [c1/n2], Pools: [gpu], DenyStreams: [exec, attach] }
`;
  const { as } = await start(policy);
  const seenBy = async (target: HttpTarget, path: string) => {
    const { status, text } = await ask(target, 'GET', path);
    const { verbs, pools: seen } = JSON.parse(text) as { verbs?: string[]; pools?: Array<{ name: string }> };
    return [status, verbs, seen?.map(({ name }) => name)];
  };
  const all = [200, ['list', 'exec', 'attach', 'create'], ['cpu']];
  expect(await seenBy(as.alice, '/v2/capabilities')).toEqual(all);
  expect(await seenBy(as.alice, `${own}/capabilities`)).toEqual(all);
  expect(await seenBy(as.bob, '/v2/capabilities')).toEqual([200, ['list', 'create'], []]);
  expect(await seenBy(as.stranger, '/v2/capabilities')).toEqual([403, undefined, undefined]);
});

test('the stream of an owner’s pods tells of capabilities as the caller is granted them', async () => {
  const sidecar = await startWatchedSidecar();
  const { as } = await startForTenants(
    sidecar.port,
    `Policy:
  Grants:
    - { Identities: [token:alice], Owners: [c1/n1] }
    - { Groups: [team-b], Owners: [c1/n1], DenyStreams: [exec] }
    - { Identities: [token:operator], Operator: true }
`,
  );
  const readers = [as.alice, as.bob, as.operator].map((target) => new WatchReader(target));
  for (const reader of readers) await vi.waitFor(() => expect(reader.kinds).toEqual(['bookmark', 'bookmark']));
  sidecar.log.capabilities({ ...v2Capabilities, verbs: ['list', 'exec', 'attach', 'create'] });
  const verbsOf = ({ records }: WatchReader) =>
    records.flatMap((record) => (record.type === 'capabilities' ? [record.capabilities.verbs] : []));
  await vi.waitFor(() =>
    expect(readers.map(verbsOf)).toEqual([
      [['list', 'exec', 'attach', 'create']],
      [['list', 'attach', 'create']],
      [['list']],
    ]),
  );
  expect(sidecar.asked).toHaveLength(1);
});

test('the epoch of who may change nothing never reaches a sidecar: it would end the turn of who may', async () => {
  const { as, requests: seen } = await start();
  const headers = { 'interlink-epoch': '999999999999999' };
  for (const rest of ['pods', 'stats', `pods/${uid}/containers/c/log`]) {
    for (const target of [as.operator, as.alice]) {
      const { statusCode, body } = await target.send({ method: 'GET', path: `${own}/${rest}`, headers });
      await body.dump();
      expect(statusCode).toBe(200);
    }
    expect(
      seen()
        .slice(-2)
        .map(({ headers }) => headers['interlink-epoch']),
    ).toEqual([undefined, '999999999999999']);
  }
});

test('commands and ports of another’s pod are refused before anything is upgraded', async () => {
  const sidecar = await startStreamingSidecar();
  const { as } = await startForTenants(sidecar.port);
  const path = `/v2/clusters/${owner.cluster}/nodes/${owner.node}/pods/${uid}`;
  const headers = {
    ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-protocol': streamProtocol,
  };
  const { signal } = new AbortController();
  const upgrade = async (target: HttpTarget, rest: string) => {
    const { socket, response } = await target.upgrade({ path: `${path}/${rest}`, headers, signal });
    socket?.destroy();
    response.resume();
    return response.statusCode;
  };
  for (const rest of [
    'containers/c/exec?command=cat&stdout=true',
    'containers/c/attach?stdout=true',
    'portforward?port=80',
  ]) {
    expect([rest, await upgrade(as.bob, rest)]).toEqual([rest, 403]);
    expect([rest, await upgrade(as.operator, rest)]).toEqual([rest, 403]);
  }
  expect(sidecar.running.size).toBe(0);
  expect(await upgrade(as.alice, 'portforward?port=80')).toBe(101);
});
