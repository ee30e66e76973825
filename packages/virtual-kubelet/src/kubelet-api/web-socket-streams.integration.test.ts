import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { LocalProvider } from './testing/local-provider.ts';
import { startTestKubelet, type TestKubelet } from './testing/start-kubelet.ts';

let kubelet: TestKubelet;
let provider: LocalProvider;
let tls: { cert: string; key: string };
beforeEach(async () => {
  provider = new LocalProvider();
  kubelet = await startTestKubelet({ streams: provider });
  tls = await kubelet.ca.issue({ user: 'admin', groups: ['system:masters'] });
});

/** A client of the kubelet port: all that came, in order, and the code it closed with. */
function open(path: string, protocols: string[]) {
  const url = `wss://127.0.0.1:${kubelet.server.port}${path}`;
  const socket = new WebSocket(url, protocols, { ...tls, rejectUnauthorized: false });
  onTestFinished(() => socket.terminate());
  // One that is terminated while it opens says so.
  socket.on('error', () => undefined);
  const messages: Buffer[] = [];
  socket.on('message', (data: Buffer) => messages.push(data));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  /** Of a channel of the binary protocols. */
  const channel = (wanted: number) =>
    Buffer.concat(messages.filter(([first]) => first === wanted).map((message) => message.subarray(1))).toString(
      'latin1',
    );
  return { socket, messages, closed, channel };
}

const shell = (script: string) => `/exec/ns/p/c?command=sh&command=-c&command=${encodeURIComponent(script)}`;

describe('exec over WebSocket', () => {
  it.each(['v4.channel.k8s.io', 'v5.channel.k8s.io'])('speaks %s', async (protocol) => {
    const { socket, closed, channel } = open(`${shell('cat; echo err >&2; exit 3')}&input=1&output=1&error=1`, [
      protocol,
    ]);
    await once(socket, 'open');
    expect(socket.protocol).toBe(protocol);
    socket.send(Buffer.from('\0there and back\n'));
    await vi.waitFor(() => expect(channel(1)).toBe('there and back\n'));
    if (protocol.startsWith('v4')) return;
    socket.send(Buffer.of(255, 0));
    expect(await closed).toBe(1000);
    expect(channel(2)).toBe('err\n');
    expect(JSON.parse(channel(3))).toMatchObject({
      reason: 'NonZeroExitCode',
      details: { causes: [{ message: '3' }] },
    });
  });

  it('says success with version 4 and newer', async () => {
    const { closed, channel } = open(`${shell('echo out')}&output=1`, ['v9.channel.k8s.io', 'v4.channel.k8s.io']);
    await closed;
    expect([channel(1), JSON.parse(channel(3))]).toEqual(['out\n', { metadata: {}, status: 'Success' }]);
  });

  it.each([[['channel.k8s.io']], [[]]])('says nothing but failures with %j', async (protocols) => {
    const { closed, messages } = open(`${shell('echo out')}&output=1`, protocols);
    await closed;
    expect(messages.map(String)).toEqual(['\u0001out\n']);
    const failed = open(`${shell('exit 3')}&output=1`, protocols);
    await failed.closed;
    expect(failed.messages.map(String)).toEqual(['\u0003command terminated with non-zero exit code: exit status 3']);
  });

  it.each(['base64.channel.k8s.io', 'v4.base64.channel.k8s.io'])('speaks %s', async (protocol) => {
    const { socket, messages } = open(`${shell('read line; echo "<$line>"')}&input=1&output=1`, [protocol]);
    await once(socket, 'open');
    socket.send(`0${Buffer.from('typed\n').toString('base64')}`);
    await once(socket, 'close');
    expect(String(messages[0])).toBe(`1${Buffer.from('<typed>\n').toString('base64')}`);
  });

  it('resizes the terminal', async () => {
    const { socket } = open(`${shell('sleep 1000')}&input=1&output=1&tty=1`, ['v5.channel.k8s.io']);
    await once(socket, 'open');
    socket.send(Buffer.from('\u0004{"Width":81,"Height":25}\n'));
    await vi.waitFor(() => expect(provider.sizes).toEqual([{ width: 81, height: 25 }]));
  });

  it('hangs up on the command of a caller who leaves', async () => {
    const { socket } = open(`${shell('sleep 1000')}&input=1&output=1`, ['v5.channel.k8s.io']);
    await vi.waitFor(() => expect(provider.running).toBe(1));
    socket.terminate();
    await vi.waitFor(() => expect(provider.running).toBe(0));
  });

  it('refuses what it does not speak before the upgrade', async () => {
    const { socket } = open(`${shell('true')}&output=1`, ['v9.channel.k8s.io']);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('400');
  });
});

describe('port-forward over WebSocket', () => {
  it.each([[['v5.channel.k8s.io', 'v4.channel.k8s.io']], [[]]])(
    'offered %j, begins with the ports',
    async (protocols) => {
      const port = await startGreeter('hello');
      const { closed, channel } = open(`/portForward/ns/p?port=${port}%2C${port}`, protocols);
      expect(await closed).toBe(1000);
      const prefix = Buffer.of(port & 255, port >> 8).toString('latin1');
      expect([0, 1, 2, 3].map(channel)).toEqual([`${prefix}hello`, prefix, `${prefix}hello`, prefix]);
    },
  );

  it('sends what the client says, and why a port can’t be reached', async () => {
    const port = await startGreeter(undefined);
    const { socket, closed, channel } = open(`/portForward/ns/p?port=${port}&port=1`, ['v4.channel.k8s.io']);
    await vi.waitFor(() =>
      expect(channel(3)).toContain('error forwarding port 1 to pod p_ns, uid u: connect ECONNREFUSED'),
    );
    socket.send(Buffer.from('\0ping'));
    await vi.waitFor(() => expect(channel(0).slice(2)).toBe('ping'));
    socket.close();
    await closed;
    await vi.waitFor(() => expect(provider.connections).toBe(0));
  });

  it.each(['', '?port=0', '?port=1,x', '?port=65536'])('refuses %j', async (query) => {
    const { socket } = open(`/portForward/ns/p${query}`, ['v4.channel.k8s.io']);
    expect(String((await once(socket, 'error'))[0])).toContain('400');
  });
});

/** A server that says the text and hangs up, or gives back what it is sent. */
async function startGreeter(greeting: string | undefined): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (greeting === undefined) socket.pipe(socket);
    else socket.end(greeting);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('a WebSocket that carries nothing', () => {
  const streamTimeouts = { creationTimeoutMs: 30_000, idleTimeoutMs: 500 };

  it('ends, and its command with it, however often the client pings', async () => {
    kubelet = await startTestKubelet({ streams: provider, streamTimeouts });
    tls = await kubelet.ca.issue({ user: 'admin', groups: ['system:masters'] });
    const { socket, closed } = open(`${shell('cat')}&input=1&output=1`, ['v5.channel.k8s.io']);
    await once(socket, 'open');
    await vi.waitFor(() => expect(provider.running).toBe(1));
    const pings = setInterval(() => socket.ping(), 50);
    onTestFinished(() => clearInterval(pings));
    expect(await closed).toBe(1006);
    await vi.waitFor(() => expect(provider.running).toBe(0));
  });

  it('goes on for as long as something comes or goes', async () => {
    const patient = { ...streamTimeouts, idleTimeoutMs: 3_000 };
    kubelet = await startTestKubelet({ streams: provider, streamTimeouts: patient });
    tls = await kubelet.ca.issue({ user: 'admin', groups: ['system:masters'] });
    const { closed, channel } = open(`${shell('for i in 1 2 3 4 5 6 7 8; do sleep 0.5; echo $i; done')}&output=1`, [
      'v4.channel.k8s.io',
    ]);
    expect(await closed).toBe(1000);
    expect(channel(1)).toBe('1\n2\n3\n4\n5\n6\n7\n8\n');
  });

  it('ends with its forwarded connections', async () => {
    kubelet = await startTestKubelet({ streams: provider, streamTimeouts });
    tls = await kubelet.ca.issue({ user: 'admin', groups: ['system:masters'] });
    const quiet = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(quiet, 'listening');
    onTestFinished(() => void quiet.close());
    const { port } = quiet.address() as AddressInfo;
    const { closed } = open(`/portForward/ns/p?port=${port}`, ['v4.channel.k8s.io']);
    expect(await closed).toBe(1006);
    await vi.waitFor(() => expect(provider.connections).toBe(0));
  });
});
