import { createSidecarServer, type SidecarServerOptions } from '@interlink/sidecar-sdk';
import type { FastifyInstance } from 'fastify';
import type { Mischief } from './misbehaviour.ts';

/** The SDK's server with the mischief hooked in. What the mischief does behind the SDK is the backend's part. */
export function createMisbehavingServer(options: SidecarServerOptions, { isOpen, server }: Mischief): FastifyInstance {
  if (isOpen === undefined) {
    const app = createSidecarServer(options);
    server?.(app);
    return app;
  }
  const app = createSidecarServer({ ...options, authenticate: async () => undefined });
  app.addHook('onRequest', async ({ url, headers: { authorization } }) => {
    if (!isOpen(url, authorization)) await options.authenticate(authorization);
  });
  server?.(app);
  return app;
}
