import { InterLinkError } from '@interlink/protocol';
import type { InterLinkConfig } from '../config/load-interlink-config.ts';
import type { Logger } from '../process/logger.ts';
import { account, type TokenHolder, tokenAuthentication } from './authenticate.ts';
import type { Recognize } from './first-of.ts';
import { assertSafe } from './oidc/fetch-json.ts';
import { IssuerKeys } from './oidc/issuer-keys.ts';
import { oidcAuthentication } from './oidc/oidc-authentication.ts';
import { TokenFile } from './token-file.ts';

/**
 * The ways by a bearer token: the account's own, those of `Auth.Tokens`, those of the issuer in `Auth.OIDC`.
 * @throws InterLinkError when a file can't be read or a setting does not hold; the issuer need not answer yet
 */
export async function bearerAuthentications(
  config: InterLinkConfig,
  accountToken: TokenFile,
  logger: Logger,
): Promise<Recognize[]> {
  const tokens = config['Auth.Tokens'] ?? [];
  assertDistinct(tokens.map(({ Name }) => Name));
  const holders: TokenHolder[] = [
    { file: accountToken, identity: account },
    ...tokens.map(({ Name, File, Groups = [] }) => ({
      file: new TokenFile(File),
      identity: { name: `token:${Name}`, groups: Groups },
    })),
  ];
  await Promise.all(holders.map(async ({ file }) => await file.current()));
  const oidc = config['Auth.OIDC'];
  if (oidc === undefined) return [tokenAuthentication(holders, logger)];
  const { Issuer: issuer, CAFile: caFile } = oidc;
  assertSafe(new URL(issuer));
  logger.info({ issuer, audience: oidc.Audience }, 'callers may show tokens of this issuer');
  return [
    tokenAuthentication(holders, logger),
    oidcAuthentication(oidc, new IssuerKeys({ issuer, caFile, logger }).keyOf),
  ];
}

function assertDistinct(names: ReadonlyArray<string>): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new InterLinkError('invalid_argument', `Auth.Tokens has two tokens of the name "${twice}": one is wanted`);
}
