import { readFile } from 'node:fs/promises';
import { HttpTarget, InterLinkError, readBody, smallBody } from '@interlink/protocol';
import * as oidc from 'openid-client';
import { cleanLine } from '../trust/clean-text.ts';
import type { ClientSettings } from './client-settings.ts';

/** What an issuer gave. */
export interface Grant {
  readonly accessToken: string;
  /** Of `performance.now`, before it was asked: however far the issuer's clock is from ours, the token lives on from here. */
  readonly askedAtMs: number;
  readonly lifetimeMs: number;
  /** What to ask with the next time; undefined: what was asked with. */
  readonly refreshToken: string | undefined;
}

/** For discovery and grant together. */
const timeoutMs = 20_000;
/** Of a token whose issuer does not say how long it lives. */
const untoldLifetimeSeconds = 300;
/** An ID token that comes along is not used, and must not fail for a clock that is wrong. */
const clockToleranceSeconds = 86_400;
const maxReasonBytes = 400;

/**
 * Asks the issuer for a token: with a refresh token by that, else by the client's credentials. Nothing of the issuer is remembered: its
 * metadata, and the files, are read each time. Not to be aborted by the caller: a refresh token that was sent may be spent.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4 and #section-6
 * @throws InterLinkError in the issuer's words, without any secret
 */
export async function requestToken(settings: ClientSettings, refreshToken: string | undefined): Promise<Grant> {
  const secrets: string[] = refreshToken === undefined ? [] : [refreshToken];
  const askedAtMs = performance.now();
  try {
    const secret = await readSecret(settings.clientSecretFile);
    if (secret !== undefined) secrets.push(secret);
    const signal = AbortSignal.timeout(timeoutMs);
    const fetch = fetchBy(await readSecret(settings.caFile), () => signal);
    const issuer = await discover(settings, secret, fetch);
    const parameters = parametersOf(settings);
    const told = await (refreshToken === undefined
      ? oidc.clientCredentialsGrant(issuer, parameters)
      : oidc.refreshTokenGrant(issuer, refreshToken, parameters));
    return {
      accessToken: told.access_token,
      askedAtMs,
      lifetimeMs: (told.expires_in ?? untoldLifetimeSeconds) * 1_000,
      refreshToken: refreshToken === undefined ? undefined : told.refresh_token,
    };
  } catch (error) {
    throw describe(error, secrets);
  }
}

/** What the issuer says of itself, and how we are known to it. */
export async function discover(
  { issuer, clientId }: ClientSettings,
  secret: string | undefined,
  fetch: oidc.CustomFetch,
): Promise<oidc.Configuration> {
  const metadata = { [oidc.clockTolerance]: clockToleranceSeconds };
  const allowed = issuer.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : {};
  const authenticate: oidc.ClientAuth = (server, ...rest) => authenticationOf(server, secret)(server, ...rest);
  return await oidc.discovery(issuer, clientId, metadata, authenticate, { [oidc.customFetch]: fetch, ...allowed });
}

/** By `client_secret_basic`, the default, unless the issuer takes `client_secret_post` only. */
function authenticationOf(server: oidc.ServerMetadata, secret: string | undefined): oidc.ClientAuth {
  if (secret === undefined) return oidc.None();
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const isPostOnly = !methods.includes('client_secret_basic') && methods.includes('client_secret_post');
  return isPostOnly ? oidc.ClientSecretPost(secret) : oidc.ClientSecretBasic(secret);
}

/** An audience that is a URI is named as RFC 8707 has it as well, and as others that issuers know. */
export function parametersOf({ audience, scope }: ClientSettings): Record<string, string> {
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...(audience !== undefined && URL.canParse(audience) ? { resource: audience } : {}),
  };
}

/** Bounded in time, by a signal for each request, and in size; follows no redirection, and trusts the configured CA. */
export function fetchBy(ca: string | undefined, signalOf: () => AbortSignal): oidc.CustomFetch {
  return async (address, { method, headers, body }) => {
    const { origin, pathname, search } = new URL(address);
    const tls = { ca };
    const target = new HttpTarget({ url: origin, tls: async () => tls });
    try {
      const answer = await target.send({
        method: method === 'POST' ? 'POST' : 'GET',
        path: `${pathname}${search}`,
        headers,
        ...(body === null || body === undefined ? {} : { body: String(body) }),
        signal: signalOf(),
      });
      const text = await readBody(answer.body, smallBody);
      const type = String(answer.headers['content-type'] ?? '');
      return new Response(text, { status: answer.statusCode, headers: { 'content-type': type } });
    } finally {
      await target.close();
    }
  };
}

async function readSecret(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = (await readFile(path, 'utf8')).trim();
  if (text === '') throw new InterLinkError('failed_precondition', `the file ${path} is empty`);
  return text;
}

/** The issuer may repeat what it was sent; neither that nor its answer's body goes any further. */
export function describe(error: unknown, secrets: readonly string[]): InterLinkError {
  let text = wordsOf(error);
  for (const secret of secrets) text = text.replaceAll(secret, '…').replaceAll(encodeURIComponent(secret), '…');
  const code = error instanceof oidc.ResponseBodyError ? 'unauthenticated' : InterLinkError.from(error).code;
  return new InterLinkError(code, cleanLine(text, maxReasonBytes));
}

function wordsOf(error: unknown): string {
  if (error instanceof oidc.ResponseBodyError) return [error.error, error.error_description].filter(Boolean).join(': ');
  if (!(error instanceof oidc.ClientError)) return InterLinkError.from(error).message;
  const { cause } = error;
  if (cause instanceof Response) return `it answered with status ${cause.status} and no error of OAuth 2.0`;
  return cause instanceof Error ? cause.message : error.message;
}
