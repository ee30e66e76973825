import { InterLinkError } from '@interlink/protocol';
import * as oidc from 'openid-client';
import { cleanLine } from '../trust/clean-text.ts';
import type { ClientSettings } from './client-settings.ts';
import { describe, discover, fetchBy, parametersOf } from './issuer.ts';

/** For one request; logging in takes as long as it takes. */
const requestTimeoutMs = 20_000;
const maxTextBytes = 400;

/** What somebody is to do, in a browser on any machine. */
export interface DevicePrompt {
  readonly url: string;
  readonly code: string;
  /** The URL with the code in it, where the issuer has one. */
  readonly wholeUrl: string | undefined;
}

export type DeviceClient = Pick<ClientSettings, 'issuer' | 'clientId' | 'audience' | 'scope'>;

/**
 * Begins a session by a code that somebody enters in a browser. The client is a public one.
 * @see https://www.rfc-editor.org/rfc/rfc8628
 * @returns its refresh token
 * @throws InterLinkError in the issuer's words, without any secret
 */
export async function loginByDevice(
  client: DeviceClient,
  tell: (prompt: DevicePrompt) => void,
  signal: AbortSignal,
): Promise<string> {
  const settings = { ...client, clientSecretFile: undefined, refreshTokenFile: undefined, caFile: undefined };
  const secrets: string[] = [];
  try {
    const fetch = fetchBy(undefined, () => AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]));
    const issuer = await discover(settings, undefined, fetch);
    const started = await oidc.initiateDeviceAuthorization(issuer, parametersOf(settings));
    secrets.push(started.device_code);
    tell({
      url: cleanLine(started.verification_uri, maxTextBytes),
      code: cleanLine(started.user_code, maxTextBytes),
      wholeUrl: optionalLine(started.verification_uri_complete),
    });
    const ended = AbortSignal.timeout(started.expires_in * 1_000);
    const until = { signal: AbortSignal.any([signal, ended]) };
    const told = await oidc.pollDeviceAuthorizationGrant(issuer, started, undefined, until);
    if (told.refresh_token !== undefined) return told.refresh_token;
  } catch (error) {
    throw describe(error, secrets);
  }
  const wanted = 'the client has to be allowed the scope offline_access';
  throw new InterLinkError('failed_precondition', `The issuer gave a token but no refresh token: ${wanted}`);
}

function optionalLine(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cleanLine(text, maxTextBytes);
}
