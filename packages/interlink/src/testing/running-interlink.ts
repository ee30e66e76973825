import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientTls, HttpTarget } from '@interlink/protocol';
import { onTestFinished } from 'vitest';
import { findFreePorts } from '../../../../test/testbed/process/free-ports.ts';
import { runInterLink } from '../run-interlink.ts';

export interface RunningInterLink {
  readonly socketPath: string;
  readonly url: string;
  /** A client of its address that shows the right token. */
  readonly target: HttpTarget;
  /** Ends it now; the end of the test does, too. */
  stop(): Promise<void>;
}

export interface InterLinkOptions {
  /** On TCP, which demands the token. Default: a unix socket in a private folder. */
  readonly isTcp?: boolean;
  /** The group `TLS` of its configuration; TCP is by https:// then. */
  readonly tls?: Record<string, unknown> | undefined;
  readonly clientTls?: (() => Promise<ClientTls>) | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Keys of the configuration, instead of those that it would have. */
  readonly config?: object;
}

/** The whole of InterLink before the sidecar at this port. Ends with the test. */
export async function startInterLink(
  sidecarPort: number,
  { isTcp = false, tls, clientTls, env = {}, config = {} }: InterLinkOptions = {},
): Promise<RunningInterLink> {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-run-'));
  await mkdir(join(folder, 'run'), { mode: 0o700 });
  const socketPath = join(folder, 'run', 'interlink.sock');
  await writeFile(join(folder, 'token'), 'the-account-token\n');
  const file = join(folder, 'config.yaml');
  const Auth = { TokenFile: join(folder, 'token') };
  // YAML takes JSON.
  await writeFile(file, JSON.stringify({ Auth, ...(tls === undefined ? {} : { TLS: tls }), ...config }));
  const scheme = tls === undefined ? 'http' : 'https';
  const [port] = isTcp ? await findFreePorts(1) : [];
  const url = isTcp ? `${scheme}://127.0.0.1:${port}` : `unix://${socketPath}`;
  const over = new AbortController();
  const running = runInterLink(over.signal, {
    INTERLINKCONFIGPATH: file,
    ...(isTcp ? { INTERLINKURL: `${scheme}://127.0.0.1`, INTERLINKPORT: String(port) } : { INTERLINKURL: url }),
    SIDECARURL: 'http://127.0.0.1',
    SIDECARPORT: String(sidecarPort),
    LOGLEVEL: 'error',
    // Pods of tests are older than the InterLink of the test: a v1 plugin gets them all the same.
    V1SETTLESECONDS: '0',
    ...env,
  });
  const target = new HttpTarget({ url, token: async () => 'the-account-token', tls: clientTls });
  const stop = async () => {
    over.abort();
    await running;
  };
  onTestFinished(async () => {
    await target.close();
    await stop();
    await rm(folder, { recursive: true });
  });
  for (;;) {
    const response = await target.send({ method: 'GET', path: '/healthz' }).catch(() => undefined);
    await response?.body.dump();
    if (response?.statusCode === 200) return { socketPath, url, target, stop };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
