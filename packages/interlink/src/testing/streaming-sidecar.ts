import type { AddressInfo } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import {
  type Authenticate,
  certificateAuthentication,
  createLogger,
  firstOf,
  type TlsFiles,
} from '@interlink/service-kit';
import {
  type AttachOptions,
  type Backend,
  type CommandEnd,
  createSidecarServer,
  type Owner,
  PodService,
  type RemoteCommand,
} from '@interlink/sidecar-sdk';
import { onTestFinished } from 'vitest';

export const uid = '11111111-1111-4111-8111-000000000001';
export const owner: Owner = { cluster: 'c1', node: 'n1' };

/** What a test sees of the sidecar's commands. */
export interface StreamingSidecar {
  readonly port: number;
  /** The `Authorization` headers that it was shown. */
  readonly shown: Array<string | undefined>;
  /** Commands that run. */
  readonly running: Set<RemoteCommand>;
  /** What `fill` has written until now. */
  readonly filled: { bytes: number };
  stop(): Promise<void>;
}

/**
 * A v2 sidecar of the SDK on a real socket with one running pod. Its command `cat` echoes, `fill N` writes N bytes, `exit N`
 * ends with N, all others run until they are hung up on; its ports echo, but for port 1, which nothing can reach.
 * @param more what its backend can do beside that
 */
export async function startStreamingSidecar(
  more: Partial<Backend> = {},
  options: {
    readonly kubeconfigFolder?: string /** Then it speaks HTTPS, and callers must show a client certificate. */;
    readonly tls?: TlsFiles;
  } = {},
): Promise<StreamingSidecar> {
  const shown: Array<string | undefined> = [];
  const running = new Set<RemoteCommand>();
  const filled = { bytes: 0 };
  const shutdown = new AbortController();
  const logger = createLogger('test', 'silent');
  const { tls, ...serviceOptions } = options;
  const service = new PodService({ ...backendOf(running, filled), ...more }, logger, serviceOptions);
  const authenticate: Authenticate = async (credentials) => {
    shown.push(credentials.headers.authorization);
    if (tls === undefined) return { name: 'account', groups: [] };
    return await firstOf(certificateAuthentication)(credentials);
  };
  const app = createSidecarServer({ service, logger, authenticate, shutdown: shutdown.signal, tls });
  const watching = service.run(shutdown.signal);
  await service.listed;
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const stop = async () => {
    shutdown.abort();
    await Promise.all([app.close(), watching]);
  };
  onTestFinished(stop);
  return { port, shown, running, filled, stop };
}

function backendOf(running: Set<RemoteCommand>, filled: { bytes: number }): Backend {
  const status = { ready: true, restartCount: 0, image: '', imageID: '' };
  const state = { running: { startedAt: '2027-01-01T00:00:00Z' } };
  const containerStatuses = [{ name: 'c', state, ...status }];
  return {
    capabilities: async () => ({
      protocolVersions: ['v2'],
      backend: { kind: 'streaming', version: '1' },
      verbs: ['exec', 'portForward'],
      volumeTypes: [],
      queues: false,
      pools: [],
    }),
    list: async () => [{ owner, report: { uid, namespace: 'ns', name: 'p', status: { containerStatuses } } }],
    create: async () => Promise.reject(new Error('not here')),
    delete: async () => undefined,
    logs: async () => new PassThrough().end(),
    exec: async (_pod, _container, options) => {
      const { command, stdout, end } = play(options.command, options, running);
      if (options.command[0] === 'fill') void fill(stdout, Number(options.command[1]), filled).then(() => end(0));
      return command;
    },
    portForward: async (_pod, port) => {
      if (port === 1) throw new Error('connection refused');
      return new PassThrough();
    },
  };
}

function play([program, argument]: ReadonlyArray<string>, options: AttachOptions, running: Set<RemoteCommand>) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const ended = Promise.withResolvers<CommandEnd>();
  const end = (exitCode: number) => {
    running.delete(command);
    stdout.end();
    stderr.end();
    ended.resolve({ exitCode });
  };
  const command: RemoteCommand = {
    stdin: options.stdin ? stdin : undefined,
    stdout,
    stderr,
    resize: () => undefined,
    ended: ended.promise,
    close: () => end(137),
  };
  running.add(command);
  if (program === 'cat') {
    stdin.pipe(stdout, { end: false });
    stdin.once('end', () => end(0));
  } else if (program === 'exit') end(Number(argument));
  return { command, stdout, end };
}

async function fill(output: PassThrough, size: number, filled: { bytes: number }): Promise<void> {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  for (let left = size; left > 0 && !output.destroyed; left -= chunk.length) {
    const part = chunk.subarray(0, left);
    await new Promise((resolve) => output.write(part, resolve));
    filled.bytes += part.length;
  }
}

/** How many bytes come. */
export async function count(stream: Readable | undefined): Promise<number> {
  let bytes = 0;
  for await (const chunk of (stream ?? []) as AsyncIterable<Buffer>) bytes += chunk.length;
  return bytes;
}
