import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type ClientTls, HttpTarget, ownerPath, PodClient } from '@interlink/protocol';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { TlsFolder } from '../../../test/testbed/tls-folder.ts';
import { startInterLink } from './testing/running-interlink.ts';
import { owner, startStreamingSidecar, uid } from './testing/streaming-sidecar.ts';
import { startV1Plugin } from './testing/v1-plugin.ts';
import { WatchReader } from './testing/watch-reader.ts';
import { reportOf, startWatchedSidecar, uidOf } from './testing/watched-sidecar.ts';

const { signal: never } = new AbortController();
const command = (...words: string[]) => ({ stdin: true, stdout: true, stderr: true, tty: false, command: words });
const exhausted = { code: 'resource_exhausted' };
const watchPath = `${ownerPath(owner)}/pods?watch=true`;

let folder: TlsFolder;
beforeAll(async () => {
  folder = await TlsFolder.create();
});
afterAll(async () => await folder.remove());

/** InterLink at https:// for `own`, who has the node of the tests, `foreign`, who has another, and an operator. */
async function start(sidecarPort: number, limits: Record<string, number>) {
  const grants = [
    { Identities: ['certificate:own'], Owners: ['c1/n1'] },
    { Identities: ['certificate:foreign'], Owners: ['c1/n2'] },
    { Identities: ['certificate:operator'], Operator: true },
  ];
  const trusted: ClientTls = { ca: folder.authority.certificate };
  const { url, target } = await startInterLink(sidecarPort, {
    isTcp: true,
    tls: await folder.configure('interlink', { usage: 'both', names: ['127.0.0.1'] }),
    clientTls: async () => trusted,
    config: { Policy: { Grants: grants }, Limits: limits },
  });
  const as = async (user: string) => {
    const shown = { ...trusted, ...(await folder.authority.issue({ user })) };
    const target = new HttpTarget({ url, tls: async () => shown });
    onTestFinished(async () => await target.close());
    return target;
  };
  return { account: target, own: await as('own'), foreign: await as('foreign'), operator: await as('operator') };
}

const metricsOf = async (target: HttpTarget) =>
  await (await target.send({ method: 'GET', path: '/metrics' })).body.text();

test('a command over TLS is a stream of who runs it until it ends, and no more of another’s', async () => {
  const sidecar = await startStreamingSidecar();
  const { account, own, foreign } = await start(sidecar.port, { StreamsPerIdentity: 1 });
  const client = new PodClient(own, owner);
  const cat = await client.exec(uid, 'c', command('cat'), never);
  await expect(client.exec(uid, 'c', command('exit', '3'), never)).rejects.toMatchObject(exhausted);
  await expect(new PodClient(foreign, owner).exec(uid, 'c', command('cat'), never)).rejects.toMatchObject({
    code: 'permission_denied',
  });
  expect(await metricsOf(account)).toContain('interlink_identity_streams_open{identity="certificate:own"} 1\n');
  cat.stdin?.end('still here');
  expect(await text(cat.stdout as Readable)).toBe('still here');
  await vi.waitFor(async () => {
    const exit = await client.exec(uid, 'c', command('exit', '3'), never);
    expect(await exit.ended).toEqual({ exitCode: 3 });
  });
});

test('a shared watch is a stream of each who reads it; who is refused it, or leaves it, ends it for nobody else', async () => {
  const sidecar = await startWatchedSidecar();
  sidecar.log.put(reportOf(1));
  const { account, own, foreign, operator } = await start(sidecar.port, { StreamsPerIdentity: 1 });
  const reader = new WatchReader(own);
  await vi.waitFor(() => expect(reader.pods.size).toBe(1));
  const other = new WatchReader(operator);
  await vi.waitFor(() => expect(other.pods.size).toBe(1));
  const denied = new WatchReader(foreign);
  await vi.waitFor(() => expect(denied.end).toMatchObject({ code: 'permission_denied' }));
  const tooMany = await own.send({ method: 'GET', path: watchPath });
  await tooMany.body.dump();
  expect([tooMany.statusCode, tooMany.headers['retry-after']]).toEqual([429, '5']);
  const metrics = await metricsOf(account);
  for (const name of ['own', 'operator'])
    expect(metrics).toContain(`interlink_identity_streams_open{identity="certificate:${name}"} 1\n`);
  other.stop();
  await vi.waitFor(async () =>
    expect(await metricsOf(account)).not.toContain('streams_open{identity="certificate:operator"}'),
  );
  sidecar.log.put(reportOf(2));
  await vi.waitFor(() => expect(reader.pods.has(uidOf(2))).toBe(true));
  expect([sidecar.asked, reader.end]).toEqual([['?watch=true'], undefined]);
});

test('a flood of one identity is put off, and a watch that another one has goes on', async () => {
  const sidecar = await startWatchedSidecar();
  const { own, foreign } = await start(sidecar.port, { RequestsPerSecond: 2 });
  const reader = new WatchReader(own);
  await vi.waitFor(() => expect(reader.records).toHaveLength(2));
  const flood = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const { statusCode, body } = await foreign.send({ method: 'GET', path: watchPath });
      await body.dump();
      return statusCode;
    }),
  );
  expect(new Set(flood)).toEqual(new Set([403, 429]));
  sidecar.log.put(reportOf(1));
  await vi.waitFor(() => expect(reader.pods.size).toBe(1));
  expect(reader.end).toBeUndefined();
});

test('callers of a v1 plugin are held to the same limits: of bodies, and of watches, which InterLink serves itself', async () => {
  const plugin = await startV1Plugin();
  const { own } = await start(plugin.port, { StreamsPerIdentity: 1, BodyBytes: 1_000 });
  const client = new PodClient(own, owner);
  const metadata = { uid, namespace: 'ns', name: 'p' };
  const podOf = (image: string) => ({ pod: { metadata, spec: { containers: [{ name: 'c', image }] } }, volumes: [] });
  await expect(client.createPod(podOf('i'.repeat(2_000)))).rejects.toMatchObject({ code: 'out_of_range' });
  expect(plugin.calls()).toEqual([]);
  await client.createPod(podOf('i'));
  const reader = new WatchReader(own);
  await vi.waitFor(() => expect(reader.pods.has(uid)).toBe(true));
  const second = await own.send({ method: 'GET', path: watchPath });
  await second.body.dump();
  expect([second.statusCode, reader.end]).toEqual([429, undefined]);
  reader.stop();
  await vi.waitFor(async () => {
    const { statusCode, body } = await own.send({ method: 'GET', path: watchPath, isStream: true });
    body.on('error', () => undefined).destroy();
    expect(statusCode).toBe(200);
  });
});
