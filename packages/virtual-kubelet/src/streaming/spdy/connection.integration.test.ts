import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SpdyConnection, type SpdyConnectionOptions } from './connection.ts';
import { frameTypes, renderControl, renderPing, renderReset } from './frames.ts';
import type { SpdyStream } from './stream.ts';
import { SpdyClient } from './testing/spdy-client.ts';

interface Pair {
  client: SpdyClient;
  connection: SpdyConnection;
  /** Of the server's end. */
  streams: SpdyStream[];
  over: Promise<unknown>;
}

/** Both ends of a TCP connection; the server accepts all streams. */
async function startPair(options: Partial<SpdyConnectionOptions> = {}): Promise<Pair> {
  const [socket, peer] = await connectSockets();
  const streams: SpdyStream[] = [];
  const connection = new SpdyConnection(socket, {
    maxStreams: 8,
    bufferedBytes: 256 * 1024,
    idleTimeoutMs: 60_000,
    onStream: (stream) => {
      streams.push(stream);
      stream.accept();
    },
    ...options,
  });
  const over = connection.run().catch((error: unknown) => error);
  const client = new SpdyClient(peer);
  onTestFinished(async () => {
    peer.destroy();
    await over;
    expect(connection.size).toBe(0);
    expect(streams.every(({ closed }) => closed)).toBe(true);
  });
  return { client, connection, streams, over };
}

async function connectSockets(): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [socket] = (await once(server, 'connection')) as [Socket];
  server.close();
  return [socket, peer];
}

describe('SpdyConnection', () => {
  it('carries streams both ways, each with ends of its own', async () => {
    const { client, streams, connection } = await startPair();
    const first = await client.open({ streamtype: 'one' });
    const second = await client.open({ streamtype: 'two' });
    client.send(second, 'to two');
    client.send(first, 'to one', { isLast: true });
    await vi.waitFor(() => expect(client.has('headers', second)).toBe(true));
    expect(streams.map(({ headers }) => headers.get('streamtype'))).toEqual(['one', 'two']);
    const [one, two] = streams as [SpdyStream, SpdyStream];
    const data = once(one, 'data');
    await once(one, 'end');
    expect(String(await data)).toBe('to one');
    // The other half is still open.
    one.end('from one');
    two.write('from two');
    await vi.waitFor(() => expect([client.received(first), client.received(second)]).toEqual(['from one', 'from two']));
    expect([client.isFinished(first), client.isFinished(second)]).toEqual([true, false]);
    expect(connection.size).toBe(1);
    expect(client.frames.filter(({ kind }) => kind === 'headers')).toHaveLength(2);
  });

  it('answers pings, ignores settings, and reads headers for the sake of the next block', async () => {
    const { client, streams } = await startPair();
    client.socket.write(renderPing(7));
    client.socket.write(renderControl(frameTypes.settings, Buffer.alloc(4)));
    client.socket.write(renderControl(frameTypes.headers, Buffer.alloc(4), await client.compress(Buffer.alloc(4))));
    await client.open({ streamtype: 'after' });
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    expect(client.frames[0]).toEqual({ kind: 'ping', id: 7 });
  });

  it('refuses more streams than it takes', async () => {
    const { client, streams } = await startPair({ maxStreams: 2 });
    for (let count = 0; count < 4; count += 1) await client.open({});
    await vi.waitFor(() => expect(client.frames.filter(({ kind }) => kind === 'rstStream')).toHaveLength(2));
    expect(streams).toHaveLength(2);
    // One that has ended makes room.
    client.socket.write(renderReset(1, 5));
    const next = await client.open({});
    await vi.waitFor(() => expect(client.has('headers', next)).toBe(true));
  });

  it('resets a stream that is destroyed, and tells of none that the client reset', async () => {
    const { client, streams } = await startPair();
    const [first, second] = [await client.open({}), await client.open({})];
    await vi.waitFor(() => expect(streams).toHaveLength(2));
    client.socket.write(renderReset(first, 5));
    streams[1]?.destroy();
    await vi.waitFor(() => expect(client.has('rstStream', second)).toBe(true));
    await vi.waitFor(() => expect(streams[0]?.closed).toBe(true));
    expect(client.has('rstStream', first)).toBe(false);
  });

  it('keeps what is not read within bounds, and loses none of it', async () => {
    const { client, streams, connection } = await startPair();
    const id = await client.open({});
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    const total = 20_000_000;
    const chunk = Buffer.alloc(32 * 1024, 'x');
    let sent = 0;
    const pump = () => {
      while (sent < total && client.socket.writableLength < 1_000_000) {
        client.send(id, chunk);
        sent += chunk.length;
      }
    };
    client.socket.on('drain', pump);
    pump();
    // The kernel's buffers are full: nothing goes any more.
    await vi.waitFor(async () => {
      const before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(sent).toBe(before);
    });
    expect(sent).toBeLessThan(total);
    expect(streams[0]?.readableLength).toBeLessThan(512 * 1024);
    let received = 0;
    streams[0]?.on('data', (part: Buffer) => {
      received += part.length;
    });
    await vi.waitFor(() => expect([sent >= total, received]).toEqual([true, sent]), { timeout: 20_000 });
    expect(connection.size).toBe(1);
  });

  it('keeps what many streams have within bounds together, and loses none of it', async () => {
    const totalBufferedBytes = 2 * 1024 * 1024;
    const { client, streams } = await startPair({ maxStreams: 100, totalBufferedBytes });
    const ids: number[] = [];
    for (let count = 0; count < 100; count += 1) ids.push(await client.open({}));
    await vi.waitFor(() => expect(streams).toHaveLength(100));
    // Less than any stream may have, much more than all of them may.
    for (let round = 0; round < 6; round += 1) for (const id of ids) client.send(id, Buffer.alloc(32 * 1024, 'x'));
    const kept = () => streams.reduce((sum, { readableLength }) => sum + readableLength, 0);
    await vi.waitFor(() => expect(kept()).toBeGreaterThan(totalBufferedBytes));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(kept()).toBeLessThan(totalBufferedBytes + 1024 * 1024 + 64 * 1024);
    let received = 0;
    for (const stream of streams) {
      stream.on('data', (part: Buffer) => {
        received += part.length;
      });
    }
    await vi.waitFor(() => expect(received).toBe(100 * 6 * 32 * 1024), { timeout: 20_000 });
  });

  it('writes no faster than the client reads, and all of it before the end', async () => {
    const { client, streams, connection, over } = await startPair();
    const id = await client.open({});
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    client.socket.pause();
    const total = 20_000_000;
    let written = 0;
    const [stream] = streams as [SpdyStream];
    const pump = () => {
      while (written < total) {
        written += 50_000;
        if (!stream.write(Buffer.alloc(50_000, 'y'))) return;
      }
      stream.end(() => connection.close());
    };
    stream.on('drain', pump);
    pump();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).toBeLessThan(total);
    client.socket.resume();
    await vi.waitFor(() => expect(client.has('goAway')).toBe(true), { timeout: 20_000 });
    expect(client.received(id)).toHaveLength(total);
    client.socket.end();
    expect(await over).toBeUndefined();
  });

  it('notices a client that leaves, even while it reads nothing', async () => {
    const { client, streams, over } = await startPair();
    const id = await client.open({});
    client.send(id, Buffer.alloc(1_000_000));
    await vi.waitFor(() => expect(streams[0]?.readableLength).toBeGreaterThan(256 * 1024 - 1));
    client.socket.destroy();
    await over;
    expect(streams[0]?.closed).toBe(true);
  });

  it('closes after a goodbye though the client stays', async () => {
    const { client, connection, over } = await startPair();
    connection.close();
    await over;
    await vi.waitFor(() => expect(client.has('goAway')).toBe(true));
  });

  it('ends when nothing happens', async () => {
    const { over } = await startPair({ idleTimeoutMs: 50 });
    await over;
  });

  it('reads no more from who makes it answer and does not read', async () => {
    const { client, connection } = await startPair();
    client.socket.pause();
    let blocked = false;
    for (let count = 0; count < 3_000 && !blocked; count += 1) {
      blocked = !client.socket.write(Buffer.concat(Array.from({ length: 500 }, () => renderPing(1))));
      await new Promise(setImmediate);
      blocked &&= client.socket.writableLength > 4_000_000;
    }
    // What it was sent is in the kernel's buffers or at the client's; the server holds little.
    expect(blocked).toBe(true);
    expect(connection.size).toBe(0);
  });

  it.each([
    ['an even id', async (client: SpdyClient) => void (await client.open({}, { id: 2 }))],
    [
      'an id twice',
      async (client: SpdyClient) => {
        await client.open({}, { id: 3 });
        await client.open({}, { id: 3 });
      },
    ],
    [
      'noise',
      async (client: SpdyClient) => void client.socket.write('GET / HTTP/1.1\r\n\r\n'.repeat(1_000_000 / 16 + 1)),
    ],
    [
      'a foreign block',
      async (client: SpdyClient) => void client.socket.write(renderControl(frameTypes.headers, Buffer.alloc(40, 1))),
    ],
  ])('breaks off at %s', async (name, send) => {
    const { client, over } = await startPair();
    await send(client);
    if (name === 'noise') client.socket.end();
    const error = await over;
    if (name !== 'noise') expect(error).toMatchObject({ name: 'SpdyError' });
    await vi.waitFor(() => expect(client.isOver).toBe(true));
  });

  it('survives whatever comes: it ends, and leaves no stream', async () => {
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('open' as const), isLast: fc.boolean() }) },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('data' as const),
          id: fc.nat(12),
          size: fc.nat(5_000),
          isLast: fc.boolean(),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('reset' as const), id: fc.nat(12) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('noise' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.boolean(), async (pieces, isAbrupt) => {
        const [socket, peer] = await connectSockets();
        const streams: SpdyStream[] = [];
        const connection = new SpdyConnection(socket, {
          maxStreams: 4,
          bufferedBytes: 4_096,
          idleTimeoutMs: 10_000,
          onStream: (stream) => {
            streams.push(stream);
            stream.accept();
            if (streams.length % 2 === 0) stream.pipe(stream);
            if (streams.length % 5 === 0) stream.end('bye');
          },
        });
        const over = connection.run().catch((error: unknown) => expect(error).toMatchObject({ name: 'SpdyError' }));
        const client = new SpdyClient(peer);
        for (const one of pieces) {
          if (client.isOver) break;
          if (one.kind === 'open') await client.open({ streamtype: 'x' }, one);
          else if (one.kind === 'data') client.send(one.id, Buffer.alloc(one.size), one);
          else if (one.kind === 'reset') peer.write(renderReset(one.id, 5));
          else peer.write(one.bytes);
        }
        if (isAbrupt) peer.destroy();
        else peer.end();
        // A reader that takes nothing keeps the connection until its client is gone.
        setTimeout(() => peer.destroy(), 50);
        await over;
        expect([connection.size, streams.filter(({ destroyed }) => !destroyed)]).toEqual([0, []]);
      }),
      { numRuns: 60 },
    );
  });
});
