import { expect, it } from 'vitest';
import { negotiateProtocol } from './spdy-handshake.ts';

const supported = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'channel.k8s.io'];

it.each([
  ['v5.channel.k8s.io, v4.channel.k8s.io, v3.channel.k8s.io', 'v4.channel.k8s.io'],
  ['channel.k8s.io,v4.channel.k8s.io', 'channel.k8s.io'],
])('negotiateProtocol() of %j is %j', (offered, protocol) => {
  expect(negotiateProtocol(requestOf(offered), supported)).toEqual({ protocol });
});

it('negotiateProtocol() says what it takes', () => {
  expect(negotiateProtocol(requestOf('v9, v8'), supported).refusal).toEqual({
    status: 403,
    text: 'unable to upgrade: unable to negotiate protocol: client supports [v9 v8], server accepts [v4.channel.k8s.io v3.channel.k8s.io channel.k8s.io]',
    headers: { 'X-Accepted-Stream-Protocol-Versions': supported },
  });
  expect(negotiateProtocol(requestOf(undefined), supported).refusal).toEqual({
    status: 400,
    text: 'unable to upgrade: header X-Stream-Protocol-Version does not exist in request POST /exec/ns/p/c',
  });
});

function requestOf(offered: string | undefined) {
  return { headers: { 'x-stream-protocol-version': offered }, method: 'POST', url: '/exec/ns/p/c?command=secret' };
}
