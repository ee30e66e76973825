import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { type KubectlNode, startKubectlNode } from './testing/kubectl-node.ts';
import { LocalProvider } from './testing/local-provider.ts';
import { containerStatus } from './testing/sample-pod.ts';

const testbed = inject('testbed');
const { controlPlane } = testbed;
/** Of the node and of the namespace. */
const name = `kubelet-streams-${process.pid}`;
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const provider = new LocalProvider();
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

  describe.each([['true'], ['false']])('with WebSockets %s', (webSockets) => {
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

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
