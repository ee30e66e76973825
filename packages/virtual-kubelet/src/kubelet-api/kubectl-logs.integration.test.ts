import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type LogOptions, renderLogQuery } from '@interlink/protocol';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { issueCertificate, kubectl, type OpenCluster, testClusters } from '../../../../test/testbed/index.ts';
import { HttpsClient } from './testing/https-client.ts';
import { type KubectlNode, startKubectlNode } from './testing/kubectl-node.ts';
import { containerStatus } from './testing/sample-pod.ts';

const testbed = inject('testbed');
const { controlPlane } = testbed;
/** Of the node and of the namespace. */
const name = `kubelet-api-${process.pid}`;
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const waiting = { waiting: { reason: 'ContainerCreating' } };

let cluster: OpenCluster;
let node: KubectlNode;
/** What the backend says to a reader; replaced by each test that follows a log. */
let followed: ReadableStream<Uint8Array>;
let isFollowed = false;
let aborted = false;

/** Its log is the options it was asked for, so that a test sees what kubectl's flags became. */
async function logs(_uid: string, _container: string, options: LogOptions, signal: AbortSignal) {
  if (options.follow !== true) return ReadableStream.from([Buffer.from(`${renderLogQuery(options)}\n`)]);
  signal.addEventListener('abort', () => {
    aborted = true;
  });
  isFollowed = true;
  return followed;
}

const run = (args: readonly string[]) => kubectl(testbed, args, { kubeconfig: cluster.kubeconfig });
const follow = () =>
  spawn(controlPlane?.kubectl ?? '', ['logs', '-n', name, 'p', '-c', 'c', '-f'], {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
  });

/** An API server hears of its own rules a moment after it has them. */
const untilMay = async (user: string) =>
  await vi.waitFor(async () => {
    const may = ['auth', 'can-i', 'get', 'nodes', '--subresource=proxy', `--as=${user}`];
    expect((await run(may)).stdout.trim()).toBe('yes');
  });

const clusters = controlPlane === undefined ? [] : testClusters(testbed);

describe.each(clusters)('with kubectl and $name', ({ name: kind, open }) => {
  beforeAll(async () => {
    cluster = await open();
    node = await startKubectlNode({
      name,
      kubeconfig: cluster.kubeconfig,
      containers: [{ name: 'c' }, { name: 'w' }],
      containerStatuses: [containerStatus('c', running), containerStatus('w', waiting)],
      logs,
    });
  });

  afterAll(async () => {
    await node.close();
    await cluster.close();
  });

  it.each([
    [[], ''],
    [['--tail=0'], 'tailLines=0'],
    [['--tail=7', '--timestamps'], 'timestamps=true&tailLines=7'],
    [['--since=90s'], 'sinceSeconds=90'],
    [['--since-time=2026-01-01T00:00:00Z'], 'sinceTime=2026-01-01T00%3A00%3A00Z'],
  ])('kubectl logs %j asks for %j', async (flags, query) => {
    const { stdout } = await run(['logs', '-n', name, 'p', '-c', 'c', ...flags]);
    expect(stdout).toBe(`${query && `?${query}`}\n`);
  });

  it('kubectl logs --limit-bytes gets that many', async () => {
    const { stdout } = await run(['logs', '-n', name, 'p', '-c', 'c', '--limit-bytes=5']);
    expect(stdout).toBe('?limi');
  });

  it.each([
    [['-c', 'w'], 'container "w" in pod "p" is waiting to start: ContainerCreating'],
    [['-c', 'c', '-p'], 'previous terminated container "c" in pod "p" not found'],
  ])('kubectl logs %j fails with the reason', async (flags, reason) => {
    const { stderr, exitCode } = await run(['logs', '-n', name, 'p', ...flags]);
    expect([stderr.trim(), exitCode]).toEqual([`Error from server (BadRequest): ${reason}`, 1]);
  });

  it('kubectl logs -f shows lines of a quiet container as they come, and ends with the log', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    followed = readable;
    const writer = writable.getWriter();
    const child = follow();
    await writer.write(Buffer.from('one\n'));
    const [first] = await once(child.stdout, 'data');
    expect(String(first)).toBe('one\n');
    const rest = text(child.stdout);
    await writer.write(Buffer.from('two\n'));
    const endedAt = performance.now();
    await writer.close();
    const [exitCode] = await once(child, 'exit');
    expect(performance.now() - endedAt).toBeLessThan(2_000);
    expect([await rest, exitCode]).toEqual(['two\n', 0]);
  });

  it('notices when kubectl logs -f is ended', async () => {
    aborted = false;
    isFollowed = false;
    followed = new TransformStream<Uint8Array, Uint8Array>().readable;
    const child = follow();
    await vi.waitFor(() => expect(isFollowed).toBe(true), { timeout: 30_000 });
    child.kill();
    await once(child, 'exit');
    await vi.waitFor(() => expect(aborted).toBe(true), { timeout: 5_000 });
  });

  it('kubectl exec says that this node has none', async () => {
    const { stderr } = await run(['exec', '-n', name, 'p', '-c', 'c', '--', 'ls']);
    // What a node refuses is lost on its way through an API server of 1.30 that translates for kubectl's WebSocket.
    const isLost = controlPlane?.release === 'oldest';
    expect(stderr).toContain(isLost ? 'error stream protocol error' : 'exec is not implemented on this node');
  });

  // Reviews and RBAC are what the in-memory API leaves out.
  if (kind === 'dev-cluster') return;

  it('lets a certificate’s user do what RBAC allows', async () => {
    if (controlPlane === undefined) return;
    const bind = ['create', 'clusterrolebinding', name, '--clusterrole=system:kubelet-api-admin', `--user=${name}`];
    await run(bind);
    await untilMay(name);
    const get = async (commonName: string) => {
      const request = { name: `client-${commonName}`, directory: testbed.directory, commonName };
      const files = await issueCertificate(controlPlane.certificates.ca, { ...request, usage: 'clientAuth' });
      const [cert, key] = await Promise.all([readFile(files.certFile), readFile(files.keyFile)]);
      const https = new HttpsClient(node.server.port, { cert, key });
      return https.get('/pods').finally(() => https.close());
    };
    expect((await get(name)).status).toBe(200);
    expect(await get('mallory')).toMatchObject({
      status: 403,
      body: 'Forbidden (user=mallory, verb=get, resource=nodes, subresource(s)=[pods proxy])',
    });
    await run(['delete', 'clusterrolebinding', name]);
  });

  it('lets a service account do what RBAC allows', async () => {
    const account = `--serviceaccount=${name}:default`;
    await run(['create', 'clusterrole', name, '--verb=get', '--resource=nodes/proxy']);
    await run(['create', 'clusterrolebinding', name, `--clusterrole=${name}`, account]);
    await untilMay(`system:serviceaccount:${name}:default`);
    const { stdout } = await run(['create', 'token', '-n', name, 'default']);
    const https = new HttpsClient(node.server.port);
    const get = (path: string, token: string) => https.get(path, { headers: { authorization: `Bearer ${token}` } });
    expect((await get('/healthz', stdout.trim())).status).toBe(200);
    expect((await get('/metrics/resource', stdout.trim())).status).toBe(403);
    expect((await get('/exec/ns/p/c', stdout.trim())).body).toContain('verb=create');
    expect((await get('/healthz', `${stdout.trim()}x`)).status).toBe(401);
    https.close();
    await run(['delete', 'clusterrole,clusterrolebinding', name]);
  });
});
