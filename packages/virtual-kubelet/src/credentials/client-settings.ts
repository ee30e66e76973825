import { InterLinkError } from '@interlink/protocol';
import type { InterLinkConfig } from '@interlink/service-kit';

/** `Auth.Client` of the InterLink file: how this process gets its token for InterLink from an issuer of OpenID Connect. */
export interface ClientSettings {
  readonly issuer: URL;
  readonly clientId: string;
  /** Read anew whenever a token is asked for. */
  readonly clientSecretFile: string | undefined;
  /** The session that tokens are asked for with; its next refresh token is written there. Undefined: the client's own credentials do. */
  readonly refreshTokenFile: string | undefined;
  readonly audience: string | undefined;
  readonly scope: string | undefined;
  /** The only CA that the issuer's certificate may be of; undefined: those of the system. */
  readonly caFile: string | undefined;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** @throws InterLinkError `invalid_argument` with every problem at once */
export function parseClientSettings(client: NonNullable<InterLinkConfig['Auth.Client']>): ClientSettings {
  const problems: string[] = [];
  const settings = {
    issuer: parseIssuer(client.Issuer, problems),
    clientId: client.ClientID,
    clientSecretFile: client.ClientSecretFile,
    refreshTokenFile: client.RefreshTokenFile,
    audience: client.Audience,
    scope: client.Scope,
    caFile: client.CAFile,
  };
  if (settings.clientSecretFile === undefined && settings.refreshTokenFile === undefined)
    problems.push('Auth.Client has neither ClientSecretFile nor RefreshTokenFile: one of them is wanted');
  if (problems.length > 0)
    throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
  return settings;
}

/** Secrets go to the issuer: in the clear on this machine only. */
function parseIssuer(text: string, problems: string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  const isBare = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url !== undefined && isSafe && isBare) return url;
  const shown = url === undefined || isBare ? JSON.stringify(text) : 'more than an address';
  problems.push(
    `Auth.Client.Issuer is ${shown}: https://host or https://host/path is wanted (http:// on loopback only)`,
  );
  return new URL('https://invalid');
}
