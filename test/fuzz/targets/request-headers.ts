import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isFromOurPage } from '../../../packages/interlink/src/ui/session/same-site.ts';
import { readSessionCookie } from '../../../packages/interlink/src/ui/session/session-cookie.ts';
import { bearerOf } from '../../../packages/service-kit/src/auth/bearer.ts';
import { forwardedIdentity } from '../../../packages/service-kit/src/auth/forwarded-identity.ts';
import { requestIdOf } from '../../../packages/service-kit/src/server/request-id.ts';
import { readCredentials } from '../../../packages/virtual-kubelet/src/kubelet-api/credentials.ts';
import { written } from '../corpus.ts';
import { hold, type Target } from '../target.ts';

/** Headers by which callers say who they are, which request this is, and from where it comes. */
export const requestHeaders: Target = {
  name: 'request-headers',
  corpus: written(
    'Bearer abc.def.ghi',
    'a=b; interlink-ui=abc; c=d',
    'https://site.example',
    'group-a, group-b',
    'req-1:2/3',
  ),
  read: async (input) => {
    // Node gives headers as latin1.
    const text = input.toString('latin1');
    const socket = {} as Socket;
    const token = bearerOf({ headers: { authorization: text }, socket });
    hold(token === undefined || !/\s/.test(token), 'a token is one word');
    const { bearerToken } = readCredentials({ headers: { authorization: text }, socket } as IncomingMessage);
    hold(bearerToken === token, 'both ports read one token');
    readSessionCookie({ cookie: text });
    isFromOurPage({ origin: text, host: text });
    isFromOurPage({ 'sec-fetch-site': text });
    hold(/^[!-~]{1,128}$/.test(requestIdOf({ headers: { 'x-request-id': text } })), 'a request id is printable');
    await forwardedIdentity({ headers: { 'x-forwarded-user': text, 'x-forwarded-groups': text }, socket });
  },
};
