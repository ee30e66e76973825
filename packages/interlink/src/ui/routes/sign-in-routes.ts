import { InterLinkError, readBody } from '@interlink/protocol';
import { isRefusal } from '@interlink/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toRefusal } from '../../auth/audit.ts';
import { limitBody } from '../../routes/limit-body.ts';
import { renderSignInPage } from '../pages/sign-in-page.ts';
import { withToken } from '../session/page-authentication.ts';
import { isFromOurPage } from '../session/same-site.ts';
import { readSessionCookie, renderSessionCookie, transportOf } from '../session/session-cookie.ts';
import type { Site } from '../site.ts';

/** A token of an issuer with all its groups, percent-encoded. */
const form = { maxBytes: 64 * 1_024, timeoutMs: 10_000 };

/** Signing in by a token, which is sent once, and out again. Anybody may ask for these. */
export function serveSignIn(ui: FastifyInstance, site: Site): void {
  const options = { bodyLimit: form.maxBytes };
  ui.get('/sign-in', async (request, reply) => await sendPage(reply, renderSignInPage(transport(request))));

  ui.post('/sign-in', options, async (request, reply) => {
    assertFromOurPage(request);
    if (transport(request) === 'in-the-clear') return await sendPage(reply.code(403), renderSignInPage('in-the-clear'));
    const token = await readToken(request);
    const refuse = async (trouble: string) =>
      await sendPage(reply.code(401), renderSignInPage(transport(request), trouble));
    if (token === undefined) return await refuse('One token is wanted, without spaces in it.');
    const name = await identify(site, request, token);
    if (name === undefined) return await refuse('This token is not known here, or no longer good.');
    site.logger.info({ audit: true, identity: name, requestId: request.id }, 'signed in to the pages');
    return await redirect(request, reply, { id: site.sessions.open(name, token), to: '/ui' });
  });

  ui.post('/sign-out', options, async (request, reply) => {
    assertFromOurPage(request);
    const id = readSessionCookie(request.headers);
    if (id !== undefined) site.sessions.close(id);
    return await redirect(request, reply, { id: '', to: '/ui/sign-in' });
  });
}

/** Whose token it is; undefined for one that the gateway does not take. */
async function identify(
  { authenticate, audit }: Site,
  request: FastifyRequest,
  token: string,
): Promise<string | undefined> {
  try {
    return (await authenticate(withToken(request.raw, token))).name;
  } catch (thrown) {
    const error = InterLinkError.from(thrown);
    if (isRefusal(error)) audit.refuse(toRefusal(error, request));
    if (error.code === 'unauthenticated') return undefined;
    throw error;
  }
}

async function readToken(request: FastifyRequest): Promise<string | undefined> {
  const text = await readBody(limitBody(request), form);
  const token = new URLSearchParams(text).get('token')?.trim() ?? '';
  return /^\S+$/.test(token) ? token : undefined;
}

function assertFromOurPage({ headers }: FastifyRequest): void {
  if (isFromOurPage(headers)) return;
  throw new InterLinkError('permission_denied', 'This form was not sent by a page of this InterLink');
}

function transport({ raw }: FastifyRequest) {
  return transportOf(raw.socket, raw.headers);
}

async function sendPage(reply: FastifyReply, page: string): Promise<FastifyReply> {
  return await reply.type('text/html; charset=utf-8').send(page);
}

async function redirect(
  request: FastifyRequest,
  reply: FastifyReply,
  { id, to }: { readonly id: string; readonly to: string },
): Promise<FastifyReply> {
  reply.header('set-cookie', renderSessionCookie(id, transport(request) === 'on-machine'));
  return await reply.redirect(to, 303);
}
