import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bearerAuthentication, createLogger, listen, TokenFile } from '@interlink/service-kit';
import { createMisbehavingServer, createMockBackend, type Misbehaviour } from '@interlink/sidecar-mock';
import { createSidecarServer, PodService } from '@interlink/sidecar-sdk';

export interface MockUnderTest extends AsyncDisposable {
  readonly url: string;
  token(): Promise<string>;
  /** Ends the server and starts another at the same address: its pods are forgotten. */
  restart(): Promise<void>;
}

const logger = createLogger('mock-sidecar', 'silent');

/** A mock sidecar in this process, on a port of its own; with a misbehaviour if one is given. */
export async function startMock(misbehaviour?: Misbehaviour): Promise<MockUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'interlink-mutant-'));
  const tokenFile = new TokenFile(join(directory, 'token'));
  await tokenFile.ensure();
  const start = async (url: string) => {
    const shutdown = new AbortController();
    const mischief = misbehaviour?.begin() ?? {};
    const backend = createMockBackend();
    const kubeconfigFolder = join(directory, 'kubeconfigs');
    const service = new PodService(mischief.backend?.(backend) ?? backend, logger, { kubeconfigFolder });
    const running = service.run(shutdown.signal);
    const authenticate = bearerAuthentication(tokenFile);
    const options = { service, logger, authenticate, shutdown: shutdown.signal };
    const app = misbehaviour === undefined ? createSidecarServer(options) : createMisbehavingServer(options, mischief);
    const address = await listen(app, url);
    await service.listed;
    const stop = async () => {
      shutdown.abort();
      await Promise.all([app.close(), running]);
    };
    return { address, stop };
  };
  let server = await start('http://127.0.0.1:0');
  const { address } = server;
  return {
    url: address,
    token: async () => await tokenFile.current(),
    restart: async () => {
      await server.stop();
      server = await start(address);
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
