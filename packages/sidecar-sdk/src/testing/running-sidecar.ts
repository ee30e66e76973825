import { HttpTarget, type Owner, PodClient } from '@interlink/protocol';
import { type Authenticate, createLogger, listen, noAuthentication } from '@interlink/service-kit';
import { PodService } from '../pods/pod-service.ts';
import { createSidecarServer } from '../server/create-sidecar-server.ts';
import { MemoryBackend } from './memory-backend.ts';

export interface RunningSidecarOptions {
  /** Default: any free port. */
  readonly url?: string;
  readonly authenticate?: Authenticate;
  /** What the client shows. */
  readonly token?: string;
}

export interface RunningSidecar extends AsyncDisposable {
  readonly backend: MemoryBackend;
  readonly url: string;
  readonly target: HttpTarget;
  clientOf(owner: Owner): PodClient;
}

/** A sidecar's server on a real socket before a {@link MemoryBackend}, listed once, and a client for it. */
export async function startSidecar(options: RunningSidecarOptions = {}): Promise<RunningSidecar> {
  const shutdown = new AbortController();
  const backend = new MemoryBackend();
  const logger = createLogger('test', 'silent');
  const service = new PodService(backend, logger);
  const running = service.run(shutdown.signal);
  const authenticate = options.authenticate ?? noAuthentication;
  const app = createSidecarServer({ service, logger, authenticate, shutdown: shutdown.signal });
  const url = await listen(app, options.url ?? 'http://127.0.0.1:0').catch((error: unknown) => {
    shutdown.abort();
    throw error;
  });
  const target = new HttpTarget({ url, token: async () => options.token });
  while (service.trouble !== undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  return {
    backend,
    url,
    target,
    clientOf: (owner) => new PodClient(target, owner),
    [Symbol.asyncDispose]: async () => {
      shutdown.abort();
      await target.close();
      await Promise.all([app.close(), running]);
    },
  };
}
