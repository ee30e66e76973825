import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Random } from '../plan/random.ts';
import { Way } from './way.ts';

// Behind the way: what comes goes back.
const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
let way: Way;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  way = await Way.open({ port: 0 });
  way.targets = [{ port: (server.address() as AddressInfo).port }];
});
afterEach(async () => {
  await way.close();
  await new Promise((resolve) => server.close(resolve));
});

async function call({ port } = way): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  // Some are reset when their test is over.
  socket.on('error', () => undefined);
  return socket;
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return String(data);
}

async function failureOf(socket: Socket): Promise<string | undefined> {
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code;
}

test('carries what is sent, both ways', async () => {
  const socket = await call();
  expect(await echo(socket, 'hello')).toBe('hello');
  socket.destroy();
});

test('cut() resets what is open and refuses what comes, until all cuts are mended', async () => {
  const socket = await call();
  await echo(socket, 'hello');
  const failure = failureOf(socket);
  const [mendFirst, mendSecond] = [await way.cut(), await way.cut()];
  expect(await failure).toBe('ECONNRESET');
  await mendFirst();
  await expect(call()).rejects.toThrow('ECONNREFUSED');
  await mendSecond();
  expect(await echo(await call(), 'again')).toBe('again');
});

test('silence() says nothing to old and new callers, and resets them at its end', async () => {
  const old = await call();
  await echo(old, 'hello');
  const end = way.silence();
  const young = await call();
  const heard: unknown[] = [];
  for (const socket of [old, young]) {
    socket.on('data', (data) => heard.push(data)).on('close', () => heard.push('close'));
    socket.write('is anybody there?');
  }
  // Another way to the same server is faster than what could come back here.
  const other = await Way.open({ port: 0 });
  other.targets = way.targets;
  await echo(await call(other), 'hello');
  await other.close();
  expect(heard).toEqual([]);
  const failures = Promise.all([old, young].map(failureOf));
  end();
  expect(await failures).toEqual(['ECONNRESET', 'ECONNRESET']);
});

test('resets and lost answers break the connection, the latter after what was asked for has arrived', async () => {
  const arrived: string[] = [];
  server.on('connection', (socket) => socket.on('data', (data) => arrived.push(String(data))));
  for (const [name, wanted] of [
    ['resets', []],
    ['lostAnswers', ['lostAnswers']],
  ] as const) {
    way[name] = { share: 1, random: new Random(1) };
    const socket = await call();
    const failure = failureOf(socket);
    socket.write(name);
    expect(await failure).toBe('ECONNRESET');
    way[name] = undefined;
    expect(arrived).toEqual(wanted);
  }
});

test('delayMs keeps the order of the pieces', async () => {
  way.delayMs = 20;
  const socket = await call();
  let text = '';
  socket.on('data', (data) => {
    text += String(data);
  });
  for (const piece of ['a', 'b', 'c']) socket.write(piece);
  while (text.length < 3) await once(socket, 'data');
  expect(text).toBe('abc');
  socket.destroy();
});
