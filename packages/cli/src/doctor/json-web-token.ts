/** What a token says of itself, and nobody has checked: https://www.rfc-editor.org/rfc/rfc7519#section-4.1 */
export interface Claims {
  readonly issuer: string | undefined;
  readonly audiences: ReadonlyArray<string>;
  readonly expiresAtMs: number | undefined;
  readonly notBeforeMs: number | undefined;
  readonly issuedAtMs: number | undefined;
}

/** @returns undefined when the token is no JSON Web Token */
export function claimsOf(token: string): Claims | undefined {
  const [, payload, signature, ...more] = token.split('.');
  if (payload === undefined || signature === undefined || more.length > 0) return undefined;
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof claims !== 'object' || claims === null) return undefined;
  const { iss, aud, exp, nbf, iat } = claims as Record<string, unknown>;
  return {
    issuer: typeof iss === 'string' ? iss : undefined,
    audiences: [aud].flat().filter((each): each is string => typeof each === 'string'),
    expiresAtMs: toMs(exp),
    notBeforeMs: toMs(nbf),
    issuedAtMs: toMs(iat),
  };
}

function toMs(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
