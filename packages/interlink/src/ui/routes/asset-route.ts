import { InterLinkError } from '@interlink/protocol';
import type { FastifyInstance } from 'fastify';
import { assetOf } from '../assets.ts';

/** Style sheet, script and icon: the same for everybody, kept by browsers as long as their address is. */
export function serveAssets(ui: FastifyInstance): void {
  ui.get('/assets/:name', async (request, reply) => {
    const { name } = request.params as { name: string };
    const asset = assetOf(name);
    if (asset === undefined) throw new InterLinkError('not_found', 'There is no such file');
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    return await reply.type(asset.contentType).send(asset.text);
  });
}
