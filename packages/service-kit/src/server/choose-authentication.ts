import { noAuthentication } from '../auth/authenticate.ts';
import { bearerAuthentications } from '../auth/bearer-authentications.ts';
import { firstOf } from '../auth/first-of.ts';
import { forwardedIdentity } from '../auth/forwarded-identity.ts';
import type { Authenticate } from '../auth/identity.ts';
import { defaultTokenPath, TokenFile } from '../auth/token-file.ts';
import type { InterLinkConfig } from '../config/load-interlink-config.ts';
import type { Logger } from '../process/logger.ts';
import { isPrivateSocket } from './listen.ts';

/** The account's token: the configured file, or the default one, made when it is missing. */
export async function accountToken(config: InterLinkConfig): Promise<TokenFile> {
  const file = new TokenFile(config['Auth.TokenFile'] ?? defaultTokenPath());
  if (config['Auth.TokenFile'] === undefined) await file.ensure();
  return file;
}

/**
 * Who may call a listener: whoever shows a token that is known, loopback included, since a login node has many users. A unix
 * socket in a folder that only the account can enter is guarded by that folder instead; with `Auth.TrustProxy` oauth2-proxy is
 * behind it, and says there who calls.
 */
export async function chooseAuthentication(
  config: InterLinkConfig,
  listenUrl: string,
  logger: Logger,
): Promise<Authenticate> {
  if (config['Auth.AllowUnauthenticated']) {
    logger.warn({ address: listenUrl }, 'Auth.AllowUnauthenticated is set: anybody who can connect may run pods here');
    return noAuthentication;
  }
  const isPrivate = await isPrivateSocket(listenUrl);
  const trustsProxy = config['Auth.TrustProxy'];
  if (isPrivate && !trustsProxy) return noAuthentication;
  if (trustsProxy && !isPrivate)
    logger.info(
      { address: listenUrl },
      'identity headers are ignored here: this is no unix socket in a private folder',
    );
  const byToken = await bearerAuthentications(config, await accountToken(config), logger);
  return firstOf(...(isPrivate ? [forwardedIdentity] : []), ...byToken);
}
