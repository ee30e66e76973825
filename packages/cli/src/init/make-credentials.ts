import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InterLinkError } from '@interlink/protocol';
import { createSelfSignedCertificate, type DevicePrompt, loginByDevice } from '@interlink/virtual-kubelet';
import type { InitAnswers, OidcAnswers } from './answers.ts';
import { type Credential, sessionScope } from './plan-files.ts';

/** Has somebody log in. */
export interface Login {
  tell(prompt: DevicePrompt): void;
  readonly signal: AbortSignal;
}

const tokenBytes = 32;

/**
 * New credentials that fit each other. Certificates are for a year and signed by themselves, so that there is no CA whose key could be lost:
 * each side trusts the other's very certificate.
 * @throws InterLinkError when the file with the issuer's secret can't be read, or nobody logs in
 */
export async function makeCredentials(
  { site, node }: InitAnswers,
  login: Login,
): Promise<ReadonlyMap<Credential, string>> {
  if (site.type !== 'edge') return new Map();
  const { host, authentication } = site;
  // First: it may take long, and fail.
  const source = authentication.kind === 'oidc' ? await sourceOf(authentication, login) : undefined;
  const now = Date.now();
  const [server, client] = await Promise.all([
    // For both uses: what asks InterLink from the site shows it as well.
    createSelfSignedCertificate([host], now, ['serverAuth', 'clientAuth']),
    createSelfSignedCertificate([node], now, ['clientAuth']),
  ]);
  return new Map<Credential, string>([
    ['token', `${randomBytes(tokenBytes).toString('base64url')}\n`],
    ['server.crt', lines(server.cert)],
    ['server.key', lines(server.key)],
    ['client.crt', lines(client.cert)],
    ['client.key', lines(client.key)],
    ['callers.crt', `${lines(client.cert)}${lines(server.cert)}`],
    ...(source === undefined ? [] : [['source', `${source}\n`] as const]),
  ]);
}

const lines = (pem: string) => `${pem.trimEnd()}\n`;

async function sourceOf({ issuer, clientId, audience, source }: OidcAnswers, login: Login): Promise<string> {
  if (source.file !== undefined) return await readSource(source.file);
  const client = { issuer: new URL(issuer), clientId, audience, scope: sessionScope };
  return await loginByDevice(client, login.tell, login.signal);
}

async function readSource(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new InterLinkError('invalid_argument', `Cannot read ${path}: ${InterLinkError.from(error).message}`);
  });
  if (text.trim() === '') throw new InterLinkError('invalid_argument', `The file ${path} is empty: a secret is wanted`);
  return text.trim();
}
