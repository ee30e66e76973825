import { HttpTarget, type Owner, PodClient } from '@interlink/protocol';
import { type Authenticate, createLogger, listen, noAuthentication, type Policy } from '@interlink/service-kit';
import { PodService } from '../pods/pod-service.ts';
import { createSidecarServer } from '../server/create-sidecar-server.ts';
import { MemoryBackend } from './memory-backend.ts';

export interface RunningSidecarOptions {
  /** Default: any free port. */
  readonly url?: string;
  readonly authenticate?: Authenticate;
  readonly policy?: Policy;
  /** Default: a backend that can't do anything optional. */
  readonly backend?: MemoryBackend;
  readonly kubeconfigFolder?: string;
  /** What the client shows. */
  readonly token?: string;
}

export interface RunningSidecar extends AsyncDisposable {
  readonly backend: MemoryBackend;
  readonly url: string;
  readonly target: HttpTarget;
  clientOf(owner: Owner): PodClient;
  /** A client that shows another token. */
  clientWith(owner: Owner, token: string): PodClient;
  /** Ends the server; disposing of it does, too. */
  stop(): Promise<void>;
}

/** A sidecar's server on a real socket before a {@link MemoryBackend}, listed once, and a client for it. */
export async function startSidecar(options: RunningSidecarOptions = {}): Promise<RunningSidecar> {
  const shutdown = new AbortController();
  const { backend = new MemoryBackend(), kubeconfigFolder } = options;
  const logger = createLogger('test', 'silent');
  const service = new PodService(backend, logger, { kubeconfigFolder });
  const running = service.run(shutdown.signal);
  const authenticate = options.authenticate ?? noAuthentication;
  const { policy } = options;
  const app = createSidecarServer({ service, logger, authenticate, policy, shutdown: shutdown.signal });
  const url = await listen(app, options.url ?? 'http://127.0.0.1:0').catch((error: unknown) => {
    shutdown.abort();
    throw error;
  });
  const target = new HttpTarget({ url, token: async () => options.token });
  while (service.trouble !== undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  const targets = [target];
  const stop = async () => {
    shutdown.abort();
    await Promise.all([app.close(), running]);
  };
  return {
    backend,
    url,
    target,
    clientOf: (owner) => new PodClient(target, owner),
    clientWith: (owner, token) => {
      const other = new HttpTarget({ url, token: async () => token });
      targets.push(other);
      return new PodClient(other, owner);
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      shutdown.abort();
      await Promise.all(targets.map(async (each) => await each.close()));
      await stop();
    },
  };
}
