import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** By which one request is found again in the logs of all that it came through. */
export const requestIdHeader = 'x-request-id';

/** What goes into a line of a log and into a header as it is. */
const sane = /^[A-Za-z0-9._:+/=-]{1,128}$/;

/** The caller's own id when it is sane, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[requestIdHeader];
  return typeof given === 'string' && sane.test(given) ? given : randomUUID();
}

/** Answers with the id, and has whoever passes headers on pass it on. */
export function returnRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    request.raw.headers[requestIdHeader] = request.id;
    reply.raw.setHeader(requestIdHeader, request.id);
  });
}
