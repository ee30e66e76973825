import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, PassThrough, Readable, type Writable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type AttachOptions, type ExecOptions, InterLinkError } from '@interlink/protocol';
import { bearerAuthentication, TokenFile } from '@interlink/service-kit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { requestOf } from '../testing/memory-backend.ts';
import { type RunningSidecarOptions, startSidecar } from '../testing/running-sidecar.ts';
import { ScriptedCommand } from '../testing/scripted-command.ts';

const owner = { cluster: 'c1', node: 'n1' };
const all: AttachOptions = { stdin: true, stdout: true, stderr: true, tty: false };
const execAll: ExecOptions = { ...all, command: ['a', 'b c'] };
const { signal: never } = new AbortController();

/** A sidecar with one running pod, and a client for it. */
async function start(options: RunningSidecarOptions = {}) {
  const sidecar = await startSidecar(options);
  onTestFinished(async () => await sidecar[Symbol.asyncDispose]());
  const client = sidecar.clientOf(owner);
  const request = requestOf('p');
  await client.createPod(request);
  return { sidecar, backend: sidecar.backend, client, uid: request.pod.metadata.uid };
}

/** The same, whose commands are the test's. */
async function startWithCommand(options: AttachOptions = all, sidecarOptions: RunningSidecarOptions = {}) {
  const started = await start(sidecarOptions);
  const command = new ScriptedCommand(options);
  const seen: unknown[] = [];
  started.backend.exec = async (pod, container, asked) => {
    seen.push([pod.name, container, asked]);
    return command;
  };
  return { ...started, command, seen };
}

test('exec carries the command, both outputs and the exit code', async () => {
  const { client, uid, command, seen } = await startWithCommand();
  const remote = await client.exec(uid, 'c', execAll, never);
  expect(seen).toEqual([['p', 'c', execAll]]);
  command.stdout?.write('out');
  command.stderr?.write('err');
  command.end({ exitCode: 7 });
  expect(await Promise.all([text(remote.stdout as Readable), text(remote.stderr as Readable)])).toEqual(['out', 'err']);
  expect(await remote.ended).toEqual({ exitCode: 7 });
});

test('exec tells an error of the backend with its code', async () => {
  const { client, uid, command } = await startWithCommand();
  const remote = await client.exec(uid, 'c', execAll, never);
  command.end({ error: new InterLinkError('not_found', 'no such program') });
  expect(await remote.ended).toMatchObject({ error: { code: 'not_found', message: 'no such program' } });
});

test('exec gives only the streams that were asked for', async () => {
  const options = { stdin: false, stdout: true, stderr: false, tty: false };
  const { client, uid, command } = await startWithCommand(options);
  const remote = await client.exec(uid, 'c', { ...options, command: ['x'] }, never);
  expect([remote.stdin, remote.stderr]).toEqual([undefined, undefined]);
  command.end({ exitCode: 0 });
  expect(await remote.ended).toEqual({ exitCode: 0 });
});

test('exec passes end-of-file on, and what the command writes after it', async () => {
  const { client, uid, command } = await startWithCommand();
  const remote = await client.exec(uid, 'c', execAll, never);
  remote.stdin?.end('input');
  expect(await text(command.stdin as Readable)).toBe('input');
  command.stdout?.write('after');
  command.end({ exitCode: 0 });
  expect(await text(remote.stdout as Readable)).toBe('after');
});

test('exec passes sizes on with a terminal, and none without', async () => {
  const tty = { stdin: true, stdout: true, stderr: false, tty: true };
  const { client, uid, command, backend } = await startWithCommand(tty);
  const remote = await client.exec(uid, 'c', { ...tty, command: ['x'] }, never);
  remote.resize({ width: 81, height: 25 });
  remote.resize({ width: 80, height: 24 });
  await vi.waitFor(() => expect(command.sizes).toHaveLength(2), 10_000);
  expect(command.sizes[1]).toEqual({ width: 80, height: 24 });
  const plain = new ScriptedCommand(all);
  backend.exec = async () => plain;
  const other = await client.exec(uid, 'c', execAll, never);
  other.resize({ width: 1, height: 1 });
  plain.end({ exitCode: 0 });
  await other.ended;
  expect(plain.sizes).toEqual([]);
});

test('exec carries 20 MB both ways, whole', async () => {
  const { client, uid, command } = await startWithCommand();
  command.echo();
  const remote = await client.exec(uid, 'c', execAll, never);
  const sent = randomBytes(20_000_000);
  // One write of all is cut into messages, too.
  remote.stdin?.end(sent);
  const received = await buffer(remote.stdout as Readable);
  expect(createHash('sha256').update(received).digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
  expect(await remote.ended).toEqual({ exitCode: 0 });
});

test('a reader that takes nothing stops the command’s output, and gets all of it later', async () => {
  const { client, uid, command } = await startWithCommand();
  const remote = await client.exec(uid, 'c', execAll, never);
  const total = 64 * 1024 * 1024;
  const { counts, finished } = produce(command.stdout as Writable, total);
  const stoppedAt = await settled(() => counts.bytes);
  // One megabyte at the client, the kernel's buffers, and what is on its way.
  expect(stoppedAt).toBeLessThan(24 * 1024 * 1024);
  let received = 0;
  for await (const chunk of remote.stdout as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received === total) break;
  }
  await finished;
  expect(received).toBe(total);
});

test('a command that reads nothing stops its caller', async () => {
  const { client, uid, command } = await startWithCommand();
  const remote = await client.exec(uid, 'c', execAll, never);
  const { counts } = produce(remote.stdin as Writable, 64 * 1024 * 1024);
  expect(await settled(() => counts.bytes)).toBeLessThan(24 * 1024 * 1024);
  command.end({ exitCode: 3 });
  expect(await remote.ended).toEqual({ exitCode: 3 });
  // What is still written goes nowhere.
  await vi.waitFor(() => expect(counts.bytes).toBe(64 * 1024 * 1024), { timeout: 10_000 });
});

test('a caller that closes, aborts or dies hangs up on the command', async () => {
  const { client, uid, backend, sidecar } = await start();
  const commands: ScriptedCommand[] = [];
  backend.exec = async (_pod, _container, options) => {
    commands.push(new ScriptedCommand(options));
    return commands.at(-1) as ScriptedCommand;
  };
  const closed = await client.exec(uid, 'c', execAll, never);
  closed.close();
  await commands[0]?.closed;
  expect(await closed.ended).toMatchObject({ error: { code: 'cancelled' } });

  const stop = new AbortController();
  const aborted = await client.exec(uid, 'c', execAll, stop.signal);
  stop.abort();
  await commands[1]?.closed;
  expect(await text(aborted.stdout as Readable)).toBe('');

  const dying = await client.exec(uid, 'c', execAll, never);
  await sidecar.target.close();
  await commands[2]?.closed;
  expect(await dying.ended).toMatchObject({ error: { code: 'cancelled' } });
});

test('a caller that leaves before the command runs leaves none behind', async () => {
  const { client, uid, backend } = await start();
  const asked = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  const command = new ScriptedCommand(all);
  const signals: AbortSignal[] = [];
  backend.exec = async (_pod, _container, _options, signal) => {
    signals.push(signal);
    asked.resolve();
    await ready.promise;
    return command;
  };
  const stop = new AbortController();
  const waiting = client.exec(uid, 'c', execAll, stop.signal);
  const refused = expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await asked.promise;
  stop.abort();
  await refused;
  await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true), 10_000);
  ready.resolve();
  await command.closed;
});

test('a sidecar that stops hangs up, and its caller learns why', async () => {
  const { client, uid, command, sidecar } = await startWithCommand();
  const remote = await client.exec(uid, 'c', execAll, never);
  const stopping = sidecar.stop();
  expect(await remote.ended).toMatchObject({
    error: { code: 'unavailable', message: 'The peer closed the connection: the server stops' },
  });
  await command.closed;
  await stopping;
});

test.each([
  ['another container', 'other', execAll, { code: 'not_found', message: 'There is no container "other" in pod "p"' }],
  ['no container name', 'UPPER', execAll, { code: 'invalid_argument' }],
  ['no command', 'c', { ...execAll, command: [] }, { code: 'invalid_argument' }],
])('exec refuses %s before it opens', async (_what, container, options, error) => {
  const { client, uid, seen } = await startWithCommand();
  await expect(client.exec(uid, container, options, never)).rejects.toMatchObject(error);
  expect(seen).toEqual([]);
});

test('exec refuses a container that does not run, another owner’s pod, and what the backend can’t', async () => {
  const { client, uid, backend, sidecar } = await start();
  const cannot = { code: 'unimplemented', message: 'The backend "memory" can\'t run a command in a container' };
  await expect(client.exec(uid, 'c', execAll, never)).rejects.toMatchObject(cannot);
  await expect(client.attach(uid, 'c', all, never)).rejects.toMatchObject({ code: 'unimplemented' });
  await expect(client.portForward(uid, 80, never)).rejects.toMatchObject({ code: 'unimplemented' });
  const stranger = sidecar.clientOf({ cluster: 'c1', node: 'n2' });
  await expect(stranger.exec(uid, 'c', execAll, never)).rejects.toMatchObject({ code: 'not_found' });

  const known = backend.pods.get(uid);
  if (known === undefined) throw new Error('no pod');
  const ended = { terminated: { exitCode: 0, finishedAt: '2027-01-01T00:00:00Z' } };
  const containerStatuses = known.report.status.containerStatuses.map((status) => ({ ...status, state: ended }));
  const report = { ...known.report, status: { containerStatuses } };
  backend.news?.report({ owner, report });
  const notRunning = { code: 'failed_precondition', message: 'container "c" in pod "p" is not running' };
  await expect(client.exec(uid, 'c', execAll, never)).rejects.toMatchObject(notRunning);
  await expect(client.portForward(uid, 80, never)).rejects.toMatchObject({ code: 'failed_precondition' });
});

test('streams pass the same authentication as everything', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-streams-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  await writeFile(join(folder, 'token'), 'right\n');
  const authenticate = bearerAuthentication(new TokenFile(join(folder, 'token')));
  const { client, uid, backend, sidecar } = await start({ authenticate, token: 'right' });
  backend.exec = async (_pod, _container, options) => new ScriptedCommand(options).echo();
  const remote = await client.exec(uid, 'c', execAll, never);
  remote.stdin?.end('in');
  expect(await text(remote.stdout as Readable)).toBe('in');

  const wrong = sidecar.clientWith(owner, 'wrong');
  const unauthenticated = { code: 'unauthenticated', message: 'The bearer token is not the right one' };
  await expect(wrong.exec(uid, 'c', execAll, never)).rejects.toMatchObject(unauthenticated);
  await expect(wrong.portForward(uid, 80, never)).rejects.toMatchObject(unauthenticated);
});

test('a path that wants a WebSocket says so to an ordinary request and to a foreign subprotocol', async () => {
  const { uid, seen, sidecar } = await startWithCommand();
  const path = `/v2/clusters/c1/nodes/n1/pods/${uid}/containers/c/exec?command=x&stdout=true`;
  const plain = await fetch(`${sidecar.url}${path}`);
  expect([plain.status, await plain.json()]).toMatchObject([400, { code: 'invalid_argument' }]);
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
  const headers = {
    ...upgrade,
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  const foreign = await sidecar.target.upgrade({ path, headers, signal: never });
  expect([foreign.socket, foreign.response.statusCode]).toEqual([undefined, 400]);
  expect(JSON.parse(await text(foreign.response))).toMatchObject({
    detail: 'This path wants a WebSocket with subprotocol v5.channel.k8s.io',
  });
  expect(seen).toEqual([]);
});

test('a message that is too long, and a text, do no harm to the sidecar', async () => {
  const { client, uid, command, sidecar } = await startWithCommand();
  const path = `/v2/clusters/c1/nodes/n1/pods/${uid}/containers/c/exec?command=x&stdin=true&stdout=true`;
  const socket = new WebSocket(`${sidecar.url.replace('http', 'ws')}${path}`, 'v5.channel.k8s.io');
  await once(socket, 'open');
  socket.send('text');
  socket.send(Buffer.alloc(0));
  socket.send(Buffer.from([9, 1]));
  socket.send(Buffer.from('\0in'));
  expect(String(await once(command.stdin as Readable, 'data'))).toBe('in');
  socket.send(Buffer.alloc(5 * 1024 * 1024));
  const [code] = await once(socket, 'close');
  expect(code).toBe(1009);
  await command.closed;
  expect(await client.listPods()).toHaveLength(1);
});

test('an upgrade to a path that knows none is answered as without it', async () => {
  const { sidecar } = await start();
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };
  const { response } = await sidecar.target.upgrade({ path: '/v2/capabilities', headers, signal: never });
  expect([response.statusCode, JSON.parse(await text(response))]).toMatchObject([200, { backend: { kind: 'memory' } }]);
  const h2c = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
  expect((await sidecar.target.upgrade({ path: '/healthz', headers: h2c, signal: never })).response.statusCode).toBe(
    200,
  );
});

test('attach connects, and leaving it closes it only', async () => {
  const { client, uid, backend } = await start();
  const command = new ScriptedCommand(all);
  backend.attach = async () => command;
  const remote = await client.attach(uid, 'c', all, never);
  command.stdout?.write('hello');
  expect(String(await once(remote.stdout as Readable, 'data'))).toBe('hello');
  remote.close();
  await command.closed;
});

test('portForward carries bytes and half-closes both ways', async () => {
  const { client, uid, backend } = await start();
  const ports: number[] = [];
  const [toPod, fromPod] = [new PassThrough(), new PassThrough()];
  backend.portForward = async (_pod, port) => {
    ports.push(port);
    return duplexOf(toPod, fromPod);
  };
  const connection = await client.portForward(uid, 8080, never);
  connection.end('question');
  expect(await text(toPod)).toBe('question');
  fromPod.end('answer');
  expect(await text(connection)).toBe('answer');
  expect(ports).toEqual([8080]);
  await vi.waitFor(() => expect(connection.closed).toBe(true), 10_000);
});

test('portForward refuses a port that can’t be reached, before any data', async () => {
  const { client, uid, backend } = await start();
  backend.portForward = async () => {
    throw new InterLinkError('unavailable', 'connection refused');
  };
  const refusal = { code: 'unavailable', message: 'connection refused' };
  await expect(client.portForward(uid, 80, never)).rejects.toMatchObject(refusal);
  await expect(client.portForward(uid, 0, never)).rejects.toMatchObject({ code: 'invalid_argument' });
});

test('portForward tells why the pod’s end broke, and closes it when the caller’s breaks', async () => {
  const { client, uid, backend } = await start();
  const podEnds: Array<Duplex> = [];
  backend.portForward = async () => {
    podEnds.push(duplexOf(new PassThrough(), new PassThrough()));
    return podEnds.at(-1) as Duplex;
  };
  const first = await client.portForward(uid, 80, never);
  const failed = new Promise((resolve) => first.once('error', resolve));
  podEnds[0]?.destroy(new Error('reset by the pod'));
  expect(await failed).toMatchObject({ code: 'unavailable', message: 'reset by the pod' });

  const second = await client.portForward(uid, 80, never);
  second.on('error', () => undefined).destroy();
  await vi.waitFor(() => expect(podEnds[1]?.destroyed).toBe(true), 10_000);
});

test('portForward carries 20 MB both ways at once, whole', async () => {
  const { client, uid, backend } = await start();
  backend.portForward = async () => new PassThrough();
  const connection = await client.portForward(uid, 80, never);
  const sent = randomBytes(20_000_000);
  const received = buffer(connection);
  await pipeline(Readable.from([sent]), connection, { end: true }).catch(() => undefined);
  expect((await received).equals(sent)).toBe(true);
});

test('200 execs at once each get their own', async () => {
  const { client, uid, backend } = await start();
  backend.exec = async (_pod, _container, options) => {
    const command = new ScriptedCommand(options);
    command.stdout?.write(options.command.join(' '));
    command.end({ exitCode: Number(options.command[0]) % 256 });
    return command;
  };
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const remote = await client.exec(uid, 'c', { ...all, command: [String(index)] }, never);
      return [await text(remote.stdout as Readable), await remote.ended];
    }),
  );
  expect(outcomes).toEqual(Array.from({ length: 200 }, (_, index) => [String(index), { exitCode: index }]));
});

test('streams go over a unix socket, too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-streams-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const { client, uid, backend } = await start({ url: `unix://${join(folder, 'run', 's.sock')}` });
  backend.exec = async (_pod, _container, options) => new ScriptedCommand(options).echo();
  const remote = await client.exec(uid, 'c', execAll, never);
  remote.stdin?.end('in');
  expect(await text(remote.stdout as Readable)).toBe('in');
  await expect(client.exec(uid, 'other', execAll, never)).rejects.toMatchObject({ code: 'not_found' });
});

/** A connection by its two directions. */
function duplexOf(writable: PassThrough, readable: PassThrough): Duplex {
  return Duplex.from({ writable, readable } as unknown as NodeJS.ReadWriteStream);
}

/** Writes as much as is taken. */
function produce(to: Writable, total: number) {
  const counts = { bytes: 0 };
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const write = async () => {
    while (counts.bytes < total) {
      await new Promise<void>((resolve) => void to.write(chunk, () => resolve()));
      counts.bytes += chunk.length;
    }
  };
  return { counts, finished: write() };
}

/** A number once it has stopped growing. */
async function settled(read: () => number): Promise<number> {
  for (let last = -1; ; ) {
    const now = read();
    if (now > 0 && now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
