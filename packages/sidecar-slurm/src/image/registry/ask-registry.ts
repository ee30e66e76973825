import type { Login } from '@interlink/sidecar-sdk';
import { parseChallenge } from './challenge.ts';
import { type RegistryFailure, toRegistryFailure } from './registry-failure.ts';

/** How registries are asked. */
export interface RegistryAccess {
  /** Registries that speak plain HTTP: `host:port`. */
  readonly insecure: ReadonlySet<string>;
  readonly fetch: typeof fetch;
}

/** A request for something of a repository, as its reader. */
export interface RegistryQuestion {
  /** As in an image's name: `docker.io`, `reg.example.org:5000`. */
  readonly registry: string;
  /** `library/busybox` */
  readonly repository: string;
  readonly method: 'HEAD' | 'GET';
  /** Below `/v2/<repository>/`. */
  readonly path: string;
  readonly accept: string;
  /** Undefined: as anybody. */
  readonly login: Login | undefined;
}

export type RegistryAnswer = { readonly response: Response } | { readonly failure: RegistryFailure };

/** One image must not hold up the others for long: the job asks by itself when this is too slow. */
const timeoutMs = 10_000;

/** Asks, and once more with what the registry wants to see. Never throws. */
export async function askRegistry(question: RegistryQuestion, access: RegistryAccess): Promise<RegistryAnswer> {
  const { method, accept, login } = question;
  const signal = AbortSignal.timeout(timeoutMs);
  const url = `${originOf(question.registry, access)}/v2/${question.repository}/${question.path}`;
  const ask = async (authorization?: string) => {
    const headers = { accept, ...(authorization === undefined ? {} : { authorization }) };
    // Where a blob is kept is nobody's who may see the login; manifests are answered directly.
    return await access.fetch(url, { method, headers, signal, redirect: 'manual' });
  };
  try {
    const first = await ask();
    if (first.status !== 401) return await toAnswer(first);
    const challenge = parseChallenge(first.headers.get('www-authenticate'));
    await first.body?.cancel();
    const refused = { failure: { kind: 'unauthorised', message: '401' } } as const;
    if (challenge === undefined) return refused;
    if (challenge.scheme === 'basic') return login === undefined ? refused : await toAnswer(await ask(toBasic(login)));
    const token = await fetchToken(challenge, question, access, signal);
    return typeof token === 'string' ? await toAnswer(await ask(`Bearer ${token}`)) : { failure: token };
  } catch (error) {
    return { failure: { kind: 'unreachable', message: causeOf(error) } };
  }
}

/** Docker Hub's images are named after a machine that does not serve them. */
function originOf(registry: string, { insecure }: RegistryAccess): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${insecure.has(registry) ? 'http' : 'https'}://${registry}`;
}

async function toAnswer(response: Response): Promise<RegistryAnswer> {
  if (response.status === 200) return { response };
  return { failure: toRegistryFailure(response.status, await readLimited(response)) };
}

/** @throws whatever fetch throws */
async function fetchToken(
  { realm, service }: { readonly realm: string; readonly service: string | undefined },
  { registry, repository, login }: RegistryQuestion,
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<string | RegistryFailure> {
  const url = URL.parse(realm);
  // A login goes nowhere without TLS, unless the administrator has said so of this registry.
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && access.insecure.has(registry)))) {
    return {
      kind: 'unauthorised',
      message: `the registry names no place by TLS that gives tokens: ${JSON.stringify(realm)}`,
    };
  }
  const query = { scope: `repository:${repository}:pull`, ...(service === undefined ? {} : { service }) };
  const request = toTokenRequest(url, query, login);
  const response = await access.fetch(url, { ...request, signal, redirect: 'error' });
  const text = await readLimited(response);
  if (response.status !== 200) return toRegistryFailure(response.status, text);
  const { token, access_token: accessToken } = JSON.parse(text) as { token?: unknown; access_token?: unknown };
  const found = token ?? accessToken;
  return typeof found === 'string'
    ? found
    : { kind: 'unreachable', message: 'the answer to a request for a token holds none' };
}

/** A name and a password are shown to have a token, and so is the token of a login: https://distribution.github.io/distribution/spec/auth/oauth/ */
function toTokenRequest(url: URL, query: Record<string, string>, login: Login | undefined): RequestInit {
  if (login?.identityToken !== undefined && login.identityToken !== '') {
    const body = new URLSearchParams({
      ...query,
      grant_type: 'refresh_token',
      client_id: 'interlink',
      refresh_token: login.identityToken,
    });
    return { method: 'POST', body };
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return login === undefined ? {} : { headers: { authorization: toBasic(login) } };
}

function toBasic({ username = '', password = '' }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Tokens and error texts are small; nobody makes us read more. */
const maxBytes = 1_000_000;

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
