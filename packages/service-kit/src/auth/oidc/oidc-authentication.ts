import { InterLinkError } from '@interlink/protocol';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type OIDCSettings, tokenAlgorithms } from '../../config/access-keys.ts';
import { bearerOf, invalidToken } from '../bearer.ts';
import type { Recognize } from '../first-of.ts';
import type { Identity } from '../identity.ts';

const defaultClockSkewSeconds = 30;
/** A token is sent with each request. */
const maxTokenLength = 16 * 1024;
/** Three parts of base64url: a signed JWT (RFC 7515, section 7.1). Others are not an issuer's. */
const looksLikeJwt = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * Knows callers by tokens that an OpenID Connect issuer signed (RFC 7519, RFC 8725): issuer, audience, signature by an asymmetric
 * key, times, and what the administrator wants besides. They are `oidc:SUBJECT`.
 * @throws InterLinkError `unauthenticated` for a token that does not hold, `permission_denied` for somebody who lacks a claim or a
 * group, `unavailable` when nobody can tell
 */
export function oidcAuthentication(settings: OIDCSettings, keyOf: JWTVerifyGetKey): Recognize {
  return async (credentials) => {
    const token = bearerOf(credentials);
    if (token === undefined || !looksLikeJwt.test(token)) return undefined;
    if (token.length > maxTokenLength) throw refusal(`it is longer than ${maxTokenLength} characters`);
    const payload = await verify(token, settings, keyOf);
    const identity = identityOf(payload, settings);
    assertWanted(identity, payload, settings);
    return identity;
  };
}

async function verify(token: string, settings: OIDCSettings, keyOf: JWTVerifyGetKey): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      issuer: settings.Issuer,
      audience: settings.Audience,
      clockTolerance: settings.ClockSkew ?? defaultClockSkewSeconds,
      algorithms: [...(settings.Algorithms ?? tokenAlgorithms)],
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch (error) {
    if (error instanceof InterLinkError) throw error;
    throw refusal(whyNot(error), error);
  }
}

/** Never a word of the token itself. */
function whyNot(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (reason === 'missing') return `it has no ${claim}`;
    return claim === 'nbf' ? 'it is not valid yet' : `its ${claim} is not the one that is wanted`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not allowed';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  if (error instanceof errors.JWKSNoMatchingKey) return 'its issuer has no such key';
  return 'it is no token of the issuer';
}

function identityOf({ sub, ...claims }: JWTPayload, settings: OIDCSettings): Identity {
  if (typeof sub !== 'string' || sub === '') throw refusal('it has no sub');
  const groups = claims[settings.GroupsClaim ?? 'groups'];
  return { name: `oidc:${sub}`, groups: textsOf(groups) };
}

function assertWanted(identity: Identity, payload: JWTPayload, settings: OIDCSettings): void {
  const { RequiredGroups: groups, RequiredClaims: claims = {} } = settings;
  if (groups !== undefined && !identity.groups.some((group) => groups.includes(group))) {
    throw new InterLinkError('permission_denied', `${identity.name} is in none of the groups that may call`);
  }
  for (const [claim, wanted] of Object.entries(claims)) {
    const has = textsOf(payload[claim]);
    if (textsOf(wanted).some((value) => has.includes(value))) continue;
    throw new InterLinkError('permission_denied', `The token of ${identity.name} has not the ${claim} that is wanted`);
  }
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((element) => typeof element === 'string');
  return value === undefined || value === null ? [] : [String(value)];
}

function refusal(why: string, cause?: unknown): InterLinkError {
  return new InterLinkError('unauthenticated', `The token is not taken: ${why}`, { reason: invalidToken, cause });
}
