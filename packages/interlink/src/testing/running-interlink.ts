import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget } from '@interlink/protocol';
import { onTestFinished } from 'vitest';
import { runInterLink } from '../run-interlink.ts';

export interface RunningInterLink {
  readonly socketPath: string;
  /** A client of its socket. */
  readonly target: HttpTarget;
}

/** The whole of InterLink on a unix socket in a private folder, before the sidecar at this port. Ends with the test. */
export async function startInterLink(sidecarPort: number): Promise<RunningInterLink> {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-run-'));
  await mkdir(join(folder, 'run'), { mode: 0o700 });
  const socketPath = join(folder, 'run', 'interlink.sock');
  await writeFile(join(folder, 'token'), 'the-account-token\n');
  const config = join(folder, 'config.yaml');
  await writeFile(config, `Auth:\n  TokenFile: ${join(folder, 'token')}\n`);
  const stop = new AbortController();
  const running = runInterLink(stop.signal, {
    INTERLINKCONFIGPATH: config,
    INTERLINKURL: `unix://${socketPath}`,
    SIDECARURL: 'http://127.0.0.1',
    SIDECARPORT: String(sidecarPort),
    LOGLEVEL: 'error',
  });
  const target = new HttpTarget({ url: `unix://${socketPath}` });
  onTestFinished(async () => {
    await target.close();
    stop.abort();
    await running;
    await rm(folder, { recursive: true });
  });
  for (;;) {
    const response = await target.send({ method: 'GET', path: '/healthz' }).catch(() => undefined);
    await response?.body.dump();
    if (response?.statusCode === 200) return { socketPath, target };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
