import { type OpenApiServer, openApiDocument } from '@interlink/protocol';
import type { FastifyInstance } from 'fastify';

/** `/openapi.json`: what can be asked of this server, made when it is first asked for. */
export function serveOpenApi(app: FastifyInstance, server: OpenApiServer): void {
  let text: string | undefined;
  app.get('/openapi.json', async (_request, reply) => {
    text ??= JSON.stringify(openApiDocument(server));
    return await reply.type('application/json').send(text);
  });
}
