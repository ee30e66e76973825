/** What a registry wants to see: https://distribution.github.io/distribution/spec/auth/token/ */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | undefined };

/** Reads `WWW-Authenticate`; undefined when nothing in it can be answered. Of several challenges, the token's is taken. */
export function parseChallenge(header: string | null): Challenge | undefined {
  if (header === null) return undefined;
  const [, parameters] = /(?:^|,)\s*bearer\s+(.*)/is.exec(header) ?? [];
  if (parameters !== undefined) {
    const realm = parameterOf(parameters, 'realm');
    if (realm !== undefined) return { scheme: 'bearer', realm, service: parameterOf(parameters, 'service') };
  }
  return /(?:^|,)\s*basic\b/i.test(header) ? { scheme: 'basic' } : undefined;
}

function parameterOf(text: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|[\\s,])${name}="([^"]*)"`, 'i').exec(text);
  return found?.[1];
}
