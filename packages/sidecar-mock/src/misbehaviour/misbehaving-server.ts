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
  const app = createSidecarServer({ ...options, authenticate: async () => ({ name: 'account', groups: [] }) });
  app.addHook('onRequest', async ({ url, raw: { headers, socket } }) => {
    if (!isOpen(url, headers.authorization)) await options.authenticate({ headers, socket });
  });
  server?.(app);
  return app;
}
