import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { nodes } from '@interlink/kube';
import { Exec, KubeConfig, PortForward, type V1Status } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { type KubectlNode, startKubectlNode } from './testing/kubectl-node.ts';
import { LocalProvider, underTerminal } from './testing/local-provider.ts';
import { containerStatus } from './testing/sample-pod.ts';

const testbed = inject('testbed');
const { controlPlane } = testbed;
/** Of the node and of the namespace. */
const name = `kubelet-streams-${process.pid}`;
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const provider = new LocalProvider();
/** Of a node that takes WebSockets from the API server. */
const webSocketFeature = 'ExtendWebSocketsToKubelet';
let node: KubectlNode;

describe.skipIf(controlPlane === undefined)('kubectl through a real API server', () => {
  beforeAll(async () => {
    node = await startKubectlNode({
      name,
      kubeconfig: controlPlane?.kubeconfig ?? '',
      containers: [{ name: 'c' }, { name: 't', tty: true, stdin: true }],
      containerStatuses: [containerStatus('c', running), containerStatus('t', running)],
      streams: provider,
    });
  });

  afterAll(() => node.close());

  describe.each([
    { name: 'over SPDY', webSockets: 'false', declaredFeatures: [], method: 'POST' },
    {
      name: 'over WebSockets to the API server, SPDY from there',
      webSockets: 'true',
      declaredFeatures: [],
      method: 'POST',
    },
    {
      name: 'over WebSockets all the way, where the API server can',
      webSockets: 'true',
      declaredFeatures: [webSocketFeature],
      method: controlPlane?.release === 'oldest' ? 'POST' : 'GET',
    },
  ])('$name', ({ webSockets, declaredFeatures, method }) => {
    beforeAll(async () => {
      const patch = { status: { declaredFeatures } };
      await node.client.patch(nodes, { name, subresource: 'status' }, patch, { kind: 'merge' });
    });

    /** Starts kubectl. */
    function start(args: readonly string[]): ChildProcessWithoutNullStreams {
      return spawn(controlPlane?.kubectl ?? '', args, { env: environment(webSockets) });
    }

    async function run(args: readonly string[], input: Buffer = Buffer.alloc(0)) {
      const child = start(args);
      child.stdin.on('error', () => undefined).end(input);
      const exit = once(child, 'exit');
      const [stdout, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr)]);
      return { stdout, stderr, exitCode: (await exit)[0] as number };
    }

    const exec = (flags: string[], command: string[], input?: Buffer) =>
      run(['exec', '-n', name, 'p', '-c', 'c', ...flags, '--', ...command], input);

    it('exec gives output, error output and exit code', async () => {
      const { stdout, stderr, exitCode } = await exec([], ['sh', '-c', 'echo out; echo err >&2; exit 7']);
      expect([String(stdout), stderr, exitCode]).toEqual(['out\n', 'err\ncommand terminated with exit code 7\n', 7]);
      expect(await exec([], ['true'])).toMatchObject({ exitCode: 0, stderr: '' });
    });

    it('exec is logged without what was run', async () => {
      const before = node.everything.length;
      await exec([], ['echo', 'secret-word']);
      const path = `/exec/${name}/p/c`;
      const line = expect.stringContaining(`"method":"${method}","path":"${path}"`);
      await vi.waitFor(() => expect(node.everything.slice(before)).toContainEqual(line));
      expect(node.everything.join()).not.toContain('secret-word');
    });

    it('exec says why a command can’t be started', async () => {
      const { stderr, exitCode } = await exec([], ['/no/such/program']);
      expect(stderr).toContain('/no/such/program ENOENT');
      expect(exitCode).toBe(1);
    });

    it('exec -i brings 20 MB there and back', async () => {
      const input = randomBytes(20_000_000);
      const { stdout, exitCode } = await exec(['-i'], ['cat'], input);
      expect([sha256(stdout), exitCode]).toEqual([sha256(input), 0]);
    });

    it('exec -i loses nothing of what a command reads late', async () => {
      const input = randomBytes(20_000_000);
      const { stdout, exitCode } = await exec(['-i'], ['sh', '-c', 'sleep 5; cat'], input);
      expect([sha256(stdout), exitCode]).toEqual([sha256(input), 0]);
    });

    it('exec -it gives a terminal of kubectl’s size', async () => {
      provider.sizes.length = 0;
      const command = [
        'exec',
        '-it',
        '-n',
        name,
        'p',
        '-c',
        'c',
        '--',
        'sh',
        '-c',
        'tty; read line; echo "<$line>"; exit 4',
      ];
      const sized = `stty rows 31 cols 97; exec ${[controlPlane?.kubectl ?? '', ...command].map(quote).join(' ')}`;
      const [program = '', ...args] = underTerminal(['sh', '-c', sized]);
      const child = spawn(program, args, { env: environment(webSockets) });
      const output = text(child.stdout);
      await once(child.stdout, 'data');
      child.stdin.write('typed\n');
      const [exitCode] = await once(child, 'exit');
      expect(await output).toMatch(/\/dev\/pts\/\d+\r\n.*<typed>\r\n/s);
      expect(exitCode).toBe(4);
      expect(provider.sizes).toContainEqual({ width: 97, height: 31 });
    });

    it('exec stops what runs when kubectl is killed', async () => {
      const child = start(['exec', '-i', '-n', name, 'p', '-c', 'c', '--', 'sh', '-c', 'echo up; exec sleep 1000']);
      await once(child.stdout, 'data');
      expect(provider.running).toBe(1);
      child.kill('SIGKILL');
      await vi.waitFor(() => expect(provider.running).toBe(0), { timeout: 10_000 });
    });

    it('attach -i reaches the container’s process', async () => {
      provider.attached = ['sh', '-c', 'echo begin; cat; echo "to stderr" >&2'];
      const attached = await run(['attach', '-i', '-n', name, 'p', '-c', 'c'], Buffer.from('to cat\n'));
      expect(String(attached.stdout)).toBe('begin\nto cat\n');
      expect(attached.stderr).toContain('to stderr\n');
    });

    it('cp copies files both ways', async () => {
      await using directory = await mkdtempDisposable(join(tmpdir(), 'kubectl-cp-'));
      const [here, there, back] = ['here', 'there', 'back'].map((file) => join(directory.path, file)) as [
        string,
        string,
        string,
      ];
      const content = randomBytes(5_000_000);
      await writeFile(here, content);
      expect(await run(['cp', '-n', name, '-c', 'c', here, `p:${there}`])).toMatchObject({ exitCode: 0 });
      expect(await run(['cp', '-n', name, '-c', 'c', `p:${there}`, back])).toMatchObject({ exitCode: 0 });
      expect(sha256(await readFile(back))).toBe(sha256(content));
    });

    it.each([
      [['exec', 'p', '-c', 'none', '--', 'true'], 'container none is not valid for pod p'],
      [['exec', 'absent', '--', 'true'], 'pods "absent" not found'],
    ])('%j is refused with the reason', async (args, reason) => {
      const { stderr, exitCode } = await run(['-n', name, ...args]);
      expect([stderr, exitCode]).toEqual([expect.stringContaining(reason), 1]);
    });

    it('port-forward brings 50 connections at once there and back', async () => {
      await using echo = await startEcho();
      await using forwarded = await forward(echo.port);
      const bodies = Array.from({ length: 50 }, () => randomBytes(200_000));
      const echoed = await Promise.all(bodies.map((body) => sendAndReceive(forwarded.port, body)));
      expect(echoed.map(sha256)).toEqual(bodies.map(sha256));
    });

    it('port-forward of a closed port tells so, and ends', async () => {
      const closed = await closedPort();
      await using forwarded = await forward(closed);
      await sendAndReceive(forwarded.port, Buffer.from('x')).catch(() => undefined);
      const [exitCode] = await once(forwarded.child, 'exit');
      expect(exitCode).toBe(1);
      expect(await forwarded.stderr).toContain(`error forwarding port ${closed} to pod p_${name}, uid `);
      expect(await forwarded.stderr).toContain('lost connection to pod');
    });

    /** Starts kubectl port-forward to the port, on a local port of its choice. */
    async function forward(port: number) {
      const child = start(['port-forward', '-n', name, 'p', `:${port}`]);
      const stderr = text(child.stderr);
      const [line] = await once(child.stdout, 'data');
      child.stdout.resume();
      const local = Number(/127\.0\.0\.1:(\d+)/.exec(String(line))?.[1]);
      return {
        child,
        stderr,
        port: local,
        async [Symbol.asyncDispose]() {
          child.kill();
          if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
        },
      };
    }
  });

  it('the JavaScript client gets output and exit status', async () => {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane?.kubeconfig ?? '');
    const output = new PassThrough();
    const status = Promise.withResolvers<V1Status>();
    const command = ['sh', '-c', 'cat; exit 5'];
    const input = Readable.from([Buffer.from('there and back')]);
    await new Exec(config).exec(name, 'p', 'c', command, output, null, input, false, status.resolve);
    expect((await status.promise).details?.causes?.[0]?.message).toBe('5');
    output.end();
    expect(await text(output)).toBe('there and back');
  });

  it('the JavaScript client gets a port', async () => {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane?.kubeconfig ?? '');
    await using echo = await startEcho();
    const [input, output] = [new PassThrough(), new PassThrough()];
    const socket = await new PortForward(config).portForward(name, 'p', [echo.port], output, null, input);
    input.write('there and back');
    expect(String((await once(output, 'data'))[0])).toBe('there and back');
    if (typeof socket !== 'function') socket.close();
  });

  it('leaves no command behind', async () => {
    await vi.waitFor(() => expect([provider.running, provider.connections]).toEqual([0, 0]));
  });
});

function environment(webSockets: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...testbed.env,
    KUBECTL_REMOTE_COMMAND_WEBSOCKETS: webSockets,
    KUBECTL_PORT_FORWARD_WEBSOCKETS: webSockets,
  };
}

async function startEcho() {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: portOf(server), [Symbol.asyncDispose]: async () => void server.close() };
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function sendAndReceive(port: number, body: Buffer): Promise<Buffer> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  socket.end(body);
  return await buffer(socket);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
