import { InterLinkError } from '@interlink/protocol';
import { unknownKey } from '../config/provider-file.ts';

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

const keys = ['Issuer', 'ClientID', 'ClientSecretFile', 'RefreshTokenFile', 'Audience', 'Scope', 'CAFile'] as const;
type KeyName = (typeof keys)[number];
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** @throws InterLinkError `invalid_argument` with every problem at once */
export function parseClientSettings(root: Readonly<Record<string, unknown>>): ClientSettings {
  const problems: string[] = [];
  for (const key of Object.keys(root))
    if (!keys.some((known) => known === key)) problems.push(unknownKey(`Auth.Client.${key}`, key, [...keys]));
  const text = (key: KeyName): string | undefined => {
    const value = root[key];
    if (value == null) return undefined;
    if (typeof value === 'string' && value !== '') return value;
    // A secret that was written here by mistake stays out of the message.
    problems.push(`Auth.Client.${key} is no text, or an empty one: a text is wanted`);
    return undefined;
  };
  const issuer = parseIssuer(text('Issuer'), problems);
  const settings = {
    issuer,
    clientId: text('ClientID') ?? '',
    clientSecretFile: text('ClientSecretFile'),
    refreshTokenFile: text('RefreshTokenFile'),
    audience: text('Audience'),
    scope: text('Scope'),
    caFile: text('CAFile'),
  };
  if (settings.clientId === '') problems.push('Auth.Client.ClientID is missing: the name by which the issuer knows us');
  if (settings.clientSecretFile === undefined && settings.refreshTokenFile === undefined)
    problems.push('Auth.Client has neither ClientSecretFile nor RefreshTokenFile: one of them is wanted');
  if (problems.length > 0)
    throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
  return settings;
}

/** Secrets go to the issuer: in the clear on this machine only. */
function parseIssuer(text: string | undefined, problems: string[]): URL {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  const isBare = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url !== undefined && isSafe && isBare) return url;
  const shown = url === undefined || isBare ? JSON.stringify(text) : 'more than an address';
  problems.push(
    `Auth.Client.Issuer is ${shown}: https://host or https://host/path is wanted (http:// on loopback only)`,
  );
  return new URL('https://invalid');
}
