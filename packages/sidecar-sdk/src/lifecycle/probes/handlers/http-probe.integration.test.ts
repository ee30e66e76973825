import { execFileSync } from 'node:child_process';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import type { HttpGetAction } from '@interlink/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { localTarget } from '../../testing/action-target.ts';
import { closedPort, listenLocally } from '../../testing/local-server.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import type { ProbeOutcome } from './probe-outcome.ts';
import { runProbe } from './run-probe.ts';

const closing: Array<() => Promise<unknown>> = [];
const never = new AbortController().signal;

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function probe(port: number, action: Partial<HttpGetAction> = {}, clock = new ManualClock()) {
  return await runProbe({ httpGet: { port, ...action } }, localTarget(port), never, clock);
}

async function serve(listener: RequestListener): Promise<number> {
  return await listenLocally(createServer(listener), closing);
}

/** Asks a server that speaks as it likes. */
async function probeTcp(speak: (socket: Socket) => void, action: Partial<HttpGetAction> = {}) {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => speak(socket));
  });
  const port = await listenLocally(server, closing);
  return { port, outcome: await probe(port, { path: '/x', ...action }) };
}

describe('runProbe() over HTTP', () => {
  test.each<[number, ProbeOutcome]>([
    [200, { result: 'success', output: 'body' }],
    [299, { result: 'success', output: 'body' }],
    [300, { result: 'warning', output: 'Probe terminated redirects, Response body: body' }],
    [302, { result: 'warning', output: 'Probe terminated redirects, Response body: body' }],
    [399, { result: 'warning', output: 'Probe terminated redirects, Response body: body' }],
    [400, { result: 'failure', output: 'HTTP probe failed with statuscode: 400' }],
    [500, { result: 'failure', output: 'HTTP probe failed with statuscode: 500' }],
  ])('judges status %i', async (status, outcome) => {
    expect(await probe(await serve((_, response) => response.writeHead(status).end('body')))).toEqual(outcome);
  });

  test('keeps the first 10 KiB of a body, and hangs up on one without end', async () => {
    let closed: Promise<unknown> | undefined;
    const port = await serve((_, response) => {
      closed = new Promise((resolve) => response.once('close', resolve));
      const more = () => {
        while (response.write('a'.repeat(1_000)));
      };
      response.on('drain', more);
      more();
    });
    expect(await probe(port)).toEqual({ result: 'success', output: 'a'.repeat(10_240) });
    await closed;
  });

  test('sends the kubelet’s request, header and all', async () => {
    let seen: IncomingMessage | undefined;
    const port = await serve((request, response) => {
      seen = request;
      response.end();
    });
    const httpHeaders = [
      { name: 'x-a', value: '1' },
      { name: 'X-A', value: '2' },
    ];
    await probe(port, { path: '/a b?c', httpHeaders });
    expect([seen?.method, seen?.url]).toEqual(['GET', '/a%20b?c']);
    expect(seen?.rawHeaders).toEqual([
      ...['Host', `127.0.0.1:${port}`, 'User-Agent', 'kube-probe/1.34', 'Accept', '*/*'],
      ...['X-A', '1', 'X-A', '2', 'Connection', 'close'],
    ]);
  });

  test('sends an author’s Host, which a relative redirect keeps and an absolute one does not', async () => {
    const hosts: string[] = [];
    const port = await serve((request, response) => {
      hosts.push(request.headers.host ?? '');
      const next = ({ '/': '/second', '/second': `http://127.0.0.1:${port}/third` } as const)[request.url ?? ''];
      response.writeHead(next === undefined ? 200 : 302, next === undefined ? {} : { location: next }).end();
    });
    const httpHeaders = [{ name: 'host', value: 'muffins.example' }];
    expect((await probe(port, { httpHeaders })).result).toBe('success');
    expect(hosts).toEqual(['muffins.example', 'muffins.example', `127.0.0.1:${port}`]);
  });

  test('follows redirects on the same host, to another port, too', async () => {
    const other = await serve((_, response) => response.end('there'));
    const port = await serve((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${other}/` }).end(),
    );
    expect(await probe(port)).toEqual({ result: 'success', output: 'there' });
  });

  test('warns of a redirect to another host, and does not go there', async () => {
    const port = await serve((_, response) =>
      response.writeHead(302, { location: 'http://0.0.0.0/fail' }).end('moved'),
    );
    expect(await probe(port)).toEqual({
      result: 'warning',
      output: 'Probe terminated redirects, Response body: moved',
    });
  });

  test('stops after ten redirects', async () => {
    let requests = 0;
    const port = await serve((_, response) => {
      requests += 1;
      response.writeHead(302, { location: '/loop' }).end();
    });
    expect(await probe(port)).toEqual({ result: 'failure', output: 'Get "/loop": stopped after 10 redirects' });
    expect(requests).toBe(10);
  });

  test('refuses a redirect that leads out of HTTP', async () => {
    const port = await serve((_, response) => response.writeHead(302, { location: 'ftp://127.0.0.1/' }).end());
    expect((await probe(port)).output).toBe(`Get "http://127.0.0.1:${port}/": unsupported protocol scheme "ftp"`);
  });

  test('says who refused', async () => {
    const port = await closedPort();
    const where = `127.0.0.1:${port}`;
    expect(await probe(port, { path: '/x' })).toEqual({
      result: 'failure',
      output: `Get "http://${where}/x": dial tcp ${where}: connect: connection refused`,
    });
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ['closes', (socket) => socket.end(), 'EOF'],
    ['resets', (socket) => socket.resetAndDestroy(), 'read: connection reset by peer'],
    [
      'speaks no HTTP',
      (socket) => socket.end('hello\n\n'),
      'net/http: HTTP/1.x transport connection broken: malformed HTTP response',
    ],
  ])('says that a server %s', async (_, speak, why) => {
    const { port, outcome } = await probeTcp(speak);
    expect(outcome).toEqual({ result: 'failure', output: `Get "http://127.0.0.1:${port}/x": ${why}` });
  });

  test('takes an answer to switch protocols for a failure', async () => {
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
    const { outcome } = await probeTcp((socket) => socket.write(answer));
    expect(outcome).toEqual({ result: 'failure', output: 'HTTP probe failed with statuscode: 101' });
  });

  test('knows nothing of an answer whose body breaks off', async () => {
    const { outcome } = await probeTcp((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody'));
    expect(outcome).toEqual({ result: 'unknown', output: 'unexpected EOF' });
  });

  test('takes silence for a failure', async () => {
    const clock = new ManualClock();
    const port = await serve(() => void clock.advance(1_000));
    const waiting = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    expect(await probe(port, {}, clock)).toEqual({
      result: 'failure',
      output: `Get "http://127.0.0.1:${port}/": ${waiting}`,
    });
  });

  test('fails for a header that can’t be sent, and knows nothing of a port without a name', async () => {
    const port = await serve((_, response) => response.end());
    const outcome = await probe(port, { httpHeaders: [{ name: 'x', value: 'a\r\nb' }] });
    expect(outcome).toEqual({ result: 'failure', output: expect.stringMatching(/^Get ".*": Invalid character/) });
    expect(await probe(port, { port: 'metrics' })).toEqual({ result: 'unknown', output: 'port "metrics" not found' });
  });
});

describe('runProbe() over TLS', () => {
  test('does not look at the certificate', async () => {
    const pem = execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=nobody', '-keyout', '-', '-out', '-'],
    ]);
    const server = createTlsServer({ key: pem, cert: pem }, (_, response) => response.end('secret'));
    const port = await listenLocally(server, closing);
    expect(await probe(port, { scheme: 'HTTPS' })).toEqual({ result: 'success', output: 'secret' });
  });

  test('says that a server does not speak it', async () => {
    const port = await serve((_, response) => response.end());
    expect((await probe(port, { scheme: 'HTTPS' })).output).toBe(
      `Get "https://127.0.0.1:${port}/": http: server gave HTTP response to HTTPS client`,
    );
  });

  test('takes a handshake without an answer for a failure', async () => {
    const clock = new ManualClock();
    const server = createTcpServer((socket) =>
      socket.on('error', () => undefined).once('data', () => clock.advance(1_000)),
    );
    const port = await listenLocally(server, closing);
    const outcome = await probe(port, { scheme: 'HTTPS' }, clock);
    expect(outcome.output).toContain('context deadline exceeded');
    expect(outcome.result).toBe('failure');
  });
});
