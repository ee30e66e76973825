/** A JSON Web Token with these claims, and a signature of nobody. */
export function webToken(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256' })}.${part(claims)}.${Buffer.from('signature').toString('base64url')}`;
}

/** As claims have it. */
export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}
