import { accountTokenFile, interLinkListenUrl } from '@interlink/service-kit';
import type { DoctorContext } from './context.ts';

/** A file with a secret. */
export interface SecretFile {
  readonly path: string;
  /** Which key names it, for messages. */
  readonly key: string;
  /** A process that needs it makes it. */
  readonly isMade: boolean;
  /** What is in it is shown to InterLink, or let in by it. */
  readonly isToken: boolean;
}

/** Every file with a token or a secret that processes of these sides read. */
export async function configuredSecrets(context: DoctorContext): Promise<SecretFile[]> {
  const [config, sides] = await Promise.all([context.config(), context.sides()]);
  const token = (key: string, path: string | undefined): SecretFile[] =>
    path === undefined ? [] : [{ key, path, isMade: false, isToken: true }];
  const secret = (key: string, path: string | undefined): SecretFile[] =>
    token(key, path).map((file) => ({ ...file, isToken: false }));
  const client = config['Auth.Client'];
  const ofCluster = [
    ...token('VKTokenFile', config.VKTokenFile),
    ...secret('Auth.Client.ClientSecretFile', client?.ClientSecretFile),
    ...secret('Auth.Client.RefreshTokenFile', client?.RefreshTokenFile),
  ];
  // Where callers are known by the folder of a socket, nobody shows the account's token.
  const showsAccountToken = sides.has('site')
    ? !interLinkListenUrl(config).startsWith('unix://')
    : ofCluster.length === 0;
  const account: SecretFile = {
    ...{ key: 'Auth.TokenFile', path: accountTokenFile(config, context.env).path, isToken: true },
    isMade: config['Auth.TokenFile'] === undefined,
  };
  const ofSite = [
    ...(config['Auth.Tokens'] ?? []).flatMap(({ Name, File }) => token(`Auth.Tokens ${Name}`, File)),
    ...(config.Sidecars ?? []).flatMap(({ Name, TokenFile }) =>
      token(`the TokenFile of the sidecar ${Name}`, TokenFile),
    ),
  ];
  return [
    ...(showsAccountToken ? [account] : []),
    ...(sides.has('cluster') ? ofCluster : []),
    ...(sides.has('site') ? ofSite : []),
  ];
}
