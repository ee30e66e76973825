import { fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createLogger, keepYoungGenerationSmall } from '@interlink/service-kit';
import { startKubeletServer } from '../packages/virtual-kubelet/src/kubelet-api/kubelet-server.ts';
import { createSelfSignedCertificate } from '../packages/virtual-kubelet/src/kubelet-api/self-signed-certificate.ts';
import { LocalProvider } from '../packages/virtual-kubelet/src/kubelet-api/testing/local-provider.ts';
import { FrameReader } from '../packages/virtual-kubelet/src/streaming/spdy/frame-reader.ts';
import { SpdyClient } from '../packages/virtual-kubelet/src/streaming/spdy/testing/spdy-client.ts';
import { usageOf } from './process-usage.ts';
import { percentile } from './report.ts';

// What the kubelet port costs exec and port-forward: TLS and SPDY, to local commands and a local port, in a process of its own:
//   node --conditions=interlink-source bench/kubelet-port.ts
const rounds = Number(process.env.ROUNDS ?? 300);
const bytes = 200_000_000;
const pod = { metadata: { namespace: 'ns', name: 'p', uid: 'u' }, spec: { containers: [{ name: 'c' }] } };

if (process.argv[2] === 'serve') await serve();
else await measure();

async function serve(): Promise<void> {
  // As `vk` does.
  keepYoungGenerationSmall();
  const pair = await createSelfSignedCertificate(['bench'], Date.now());
  const { port } = await startKubeletServer({
    host: '127.0.0.1',
    port: 0,
    nodeName: 'bench',
    certificate: { current: async () => pair },
    clientCa: { current: async () => undefined },
    authorize: async () => ({ user: 'bench' }),
    pods: { find: () => ({ pod, report: undefined }), all: () => [pod] },
    logs: () => Promise.reject(new Error('no logs here')),
    streams: new LocalProvider(),
    logger: createLogger('bench', 'silent'),
  });
  process.send?.(port);
}

async function measure(): Promise<void> {
  const server = fork(new URL(import.meta.url), ['serve']);
  const [port] = (await once(server, 'message')) as [number];
  const residentMiB = () => usageOf(server.pid ?? 0).residentMiB;

  const alone: number[] = [];
  const local = new LocalProvider();
  const times: number[] = [];
  for (let round = -50; round < rounds; round += 1) {
    const startedAt = performance.now();
    const options = { command: ['true'], stdin: false, stdout: true, stderr: true, tty: false };
    await (await local.exec('', '', options, AbortSignal.any([]))).ended;
    const between = performance.now();
    await exec(port, 'command=true', () => undefined);
    if (round < 0) continue;
    alone.push(between - startedAt);
    times.push(performance.now() - between);
  }
  show('exec true, without the port', `p50 ${ms(alone, 0.5)}, p99 ${ms(alone, 0.99)}`);
  show('exec true, connection to its end', `p50 ${ms(times, 0.5)}, p99 ${ms(times, 0.99)}`);

  const before = residentMiB();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, residentMiB());
  }, 20);
  await timed('exec, output', async () => {
    let received = 0;
    await exec(port, `command=head&command=-c&command=${bytes}&command=/dev/zero`, (size) => {
      received += size;
    });
    return received;
  });
  await timed('port-forward, from the pod', async () => await download(port));
  clearInterval(watch);
  show('resident before, and at most', `${before.toFixed(0)} MiB, ${most.toFixed(0)} MiB`);
  server.kill();
}

/** Runs a command, to the end of the connection. */
async function exec(port: number, query: string, onData: (size: number) => void): Promise<void> {
  const socket = await upgrade(port, `/exec/ns/p/c?${query}&output=1`, 'v4.channel.k8s.io');
  const client = new SpdyClient(socket);
  client.frames.push = (...frames) => {
    for (const frame of frames) if (frame.kind === 'data' && frame.streamId === 3) onData(frame.payload.length);
    return 0;
  };
  await client.open({ streamtype: 'error' });
  await client.open({ streamtype: 'stdout' });
  await once(socket, 'end');
  socket.destroy();
}

async function download(port: number): Promise<number> {
  const chunk = Buffer.alloc(1_000_000);
  const source = createServer((socket) => {
    for (let sent = 0; sent < bytes; sent += chunk.length) socket.write(chunk);
    socket.end();
  }).listen(0, '127.0.0.1');
  await once(source, 'listening');
  const socket = await upgrade(port, '/portForward/ns/p', 'portforward.k8s.io');
  const reader = new FrameReader();
  let received = 0;
  const done = Promise.withResolvers<void>();
  socket.on('data', (data: Buffer) => {
    for (const frame of reader.read(data)) {
      if (frame.kind !== 'data' || frame.streamId !== 3) continue;
      received += frame.payload.length;
      if (frame.isLast) done.resolve();
    }
  });
  const client = new SpdyClient(socket);
  client.frames.push = () => 0;
  const headers = { port: String((source.address() as AddressInfo).port), requestid: '0' };
  await client.open({ streamtype: 'error', ...headers }, { isLast: true });
  await client.open({ streamtype: 'data', ...headers });
  await done.promise;
  socket.destroy();
  source.close();
  return received;
}

async function upgrade(port: number, path: string, protocol: string): Promise<Socket> {
  const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': protocol };
  const asked = request({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    headers,
    rejectUnauthorized: false,
    agent: false,
  });
  asked.end();
  const [, socket, head] = (await once(asked, 'upgrade')) as [unknown, Socket, Buffer];
  if (head.length > 0) socket.unshift(head);
  return socket;
}

async function timed(name: string, run: () => Promise<number>): Promise<void> {
  const startedAt = performance.now();
  const received = await run();
  if (received !== bytes) throw new Error(`${received} bytes came of ${bytes}`);
  show(name, `${(bytes / 1_000 / (performance.now() - startedAt)).toFixed(0)} MB/s`);
}

function ms(times: readonly number[], share: number): string {
  return `${percentile([...times], share).toFixed(1)} ms`;
}

function show(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(42)}${value}\n`);
}
