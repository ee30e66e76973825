import { InterLinkError } from '@interlink/protocol';
import { accountToken, type InterLinkConfig, type Logger, TokenFile } from '@interlink/service-kit';
import { parseClientSettings } from './client-settings.ts';
import { type Grant, requestToken } from './issuer.ts';
import { RefreshTokenFile } from './refresh-token-file.ts';
import { RenewedToken } from './renewed-token.ts';
import { SecretToken } from './secret-token.ts';

/** What this process shows to InterLink. */
export interface InterLinkToken {
  /** @throws InterLinkError `unauthenticated` when there is none */
  current(): Promise<string>;
  /** Where it is from, for messages: `the file /etc/vk/token`. */
  readonly source: string;
  /** Of a token that an issuer gives: to be run, or else it is asked for once. Undefined: it is in a file that others write. */
  readonly renewal?: RenewedToken;
}

/**
 * From an issuer by `Auth.Client`, else from `VKTokenFile`, else the account's token, which InterLink under the same account finds as
 * well.
 * @param namespace of this process's pod
 * @throws InterLinkError when the configuration, or a file that it names, can't be used
 */
export async function interLinkToken(
  config: InterLinkConfig,
  logger: Pick<Logger, 'info' | 'warn'>,
  namespace?: string,
): Promise<InterLinkToken> {
  const client = config['Auth.Client'];
  if (client === undefined) {
    const { VKTokenFile: path, VKTokenSecret: secret } = config;
    if (path !== undefined && secret !== undefined) return new SecretToken(path, { name: secret, namespace });
    const file = path === undefined ? await accountToken(config) : new TokenFile(path);
    return { current: async () => await file.current(), source: `the file ${file.path}` };
  }
  if (config.VKTokenFile !== undefined) {
    const message = `VKTokenFile is ${JSON.stringify(config.VKTokenFile)}, and Auth.Client is set: one of them is wanted`;
    throw new InterLinkError('invalid_argument', `Invalid configuration: ${message}`);
  }
  const settings = parseClientSettings(client);
  const session = settings.refreshTokenFile === undefined ? undefined : new RefreshTokenFile(settings.refreshTokenFile);
  await session?.check();
  const ask = async (): Promise<Grant> => {
    const byToken = async (refreshToken: string) => await requestToken(settings, refreshToken);
    return await (session === undefined ? requestToken(settings, undefined) : session.exchange(byToken));
  };
  const renewal = new RenewedToken({ issuer: settings.issuer.href, ask, logger });
  return { current: async () => await renewal.current(), source: `the issuer ${settings.issuer.href}`, renewal };
}
