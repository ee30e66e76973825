import { noAuthentication } from '../auth/authenticate.ts';
import { bearerAuthentications } from '../auth/bearer-authentications.ts';
import { certificateAuthentication } from '../auth/certificate-authentication.ts';
import { firstOf } from '../auth/first-of.ts';
import { forwardedIdentity } from '../auth/forwarded-identity.ts';
import type { Authenticate } from '../auth/identity.ts';
import { defaultTokenPath, TokenFile } from '../auth/token-file.ts';
import type { InterLinkConfig } from '../config/load-interlink-config.ts';
import type { Logger } from '../process/logger.ts';
import { isPrivateSocket } from './listen.ts';

/** Where the account's token is: the configured file, or the default one, whether it is there or not. */
export function accountTokenFile(config: InterLinkConfig, env: NodeJS.ProcessEnv = process.env): TokenFile {
  return new TokenFile(config['Auth.TokenFile'] ?? defaultTokenPath(env));
}

/** The account's token: the configured file, or the default one, made when it is missing. */
export async function accountToken(config: InterLinkConfig): Promise<TokenFile> {
  const file = accountTokenFile(config);
  if (config['Auth.TokenFile'] === undefined) await file.ensure();
  return file;
}

export interface ListenerAuthentication {
  readonly authenticate: Authenticate;
  /** What callers have to show, in words, for the log line that says where the process listens. */
  readonly ways: string;
}

/**
 * Who may call a listener: whoever shows a client certificate of its CA, or a token that is known, loopback included, since a login
 * node has many users. A unix socket in a folder that only the account can enter is guarded by that folder instead; with
 * `Auth.TrustProxy` oauth2-proxy is behind it, and says there who calls.
 */
export async function chooseAuthentication(
  config: InterLinkConfig,
  listenUrl: string,
  logger: Logger,
): Promise<ListenerAuthentication> {
  if (config['Auth.AllowUnauthenticated']) {
    logger.warn({ address: listenUrl }, 'Auth.AllowUnauthenticated is set: anybody who can connect may run pods here');
    return { authenticate: firstOf(certificateAuthentication, noAuthentication), ways: 'none: anybody may call' };
  }
  const isPrivate = await isPrivateSocket(listenUrl);
  const trustsProxy = config['Auth.TrustProxy'];
  if (isPrivate && !trustsProxy) {
    return { authenticate: noAuthentication, ways: 'none: only this account can enter the folder of the socket' };
  }
  if (trustsProxy && !isPrivate)
    logger.info(
      { address: listenUrl },
      'identity headers are ignored here: this is no unix socket in a private folder',
    );
  const token = await accountToken(config);
  const byToken = await bearerAuthentications(config, token, logger);
  return {
    authenticate: firstOf(certificateAuthentication, ...(isPrivate ? [forwardedIdentity] : []), ...byToken),
    ways: [
      ...tokenWays(config, token),
      ...(listenUrl.startsWith('https://') ? certificateWays(config) : []),
      ...(isPrivate ? ['what oauth2-proxy says'] : []),
    ].join(', or '),
  };
}

function tokenWays(config: InterLinkConfig, { path }: TokenFile): string[] {
  const files = [path, ...(config['Auth.Tokens'] ?? []).map(({ File }) => File)];
  const oidc = config['Auth.OIDC'];
  return [
    ...files.map((file) => `the bearer token in ${file}`),
    ...(oidc === undefined ? [] : [`a bearer token of ${oidc.Issuer}`]),
  ];
}

function certificateWays(config: InterLinkConfig): string[] {
  const authority = config['TLS.CACertFile'];
  return authority === undefined ? [] : [`a client certificate of the CA in ${authority}`];
}
