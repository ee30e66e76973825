import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { createLocalJWKSet, type JWK, SignJWT } from 'jose';
import { claimsOf } from '../../../packages/cli/src/doctor/json-web-token.ts';
import { oidcAuthentication } from '../../../packages/service-kit/src/auth/oidc/oidc-authentication.ts';
import { written } from '../corpus.ts';
import { hold, isInterLinkError, type Target } from '../target.ts';

const settings = { Issuer: 'https://iam.example', Audience: 'interlink', RequiredGroups: ['users'] };
// The same for every run: 32 bytes of an Ed25519 key in its frame (https://www.rfc-editor.org/rfc/rfc8410#section-7).
const frame = Buffer.from('302e020100300506032b657004220420', 'hex');
const privateKey = createPrivateKey({
  key: Buffer.concat([frame, Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
});
const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
const keys = createLocalJWKSet({ keys: [{ ...jwk, kid: 'a', alg: 'EdDSA' } as JWK] });
const recognize = oidcAuthentication(settings, keys);
const good = await new SignJWT({ groups: ['users'] })
  .setProtectedHeader({ alg: 'EdDSA', kid: 'a' })
  .setIssuer(settings.Issuer)
  .setAudience(settings.Audience)
  .setSubject('ada')
  .setExpirationTime(4_000_000_000)
  .sign(privateKey);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = fc.record(
  {
    alg: fc.constantFrom('none', 'EdDSA', 'HS256', 'x'),
    kid: fc.anything(),
    crit: fc.anything(),
    b64: fc.boolean(),
    jwk: fc.object(),
  },
  { requiredKeys: [] },
);

/** Tokens of an issuer: none but the one that it signed is taken. */
export const tokens: Target = {
  name: 'tokens',
  corpus: written(good, `${part({ alg: 'none' })}.${part({ sub: 'ada', exp: 4e9 })}.`),
  structured: fc
    .tuple(fc.oneof(header, fc.jsonValue()), fc.jsonValue(), fc.boolean())
    .map(([head, claims, isSigned]) => `${part(head)}.${part(claims)}.${isSigned ? good.split('.')[2] : ''}`)
    .map((text) => Buffer.from(text)),
  read: async (input) => {
    const token = input.toString('latin1');
    claimsOf(token);
    const found = await recognize({ headers: { authorization: `Bearer ${token}` }, socket: {} as Socket });
    // A signature's last letter has bits that nothing reads.
    hold(
      found === undefined || token.trim().slice(0, -1) === good.slice(0, -1),
      'a token that nobody signed is nobody’s',
    );
  },
  mayThrow: isInterLinkError,
};
