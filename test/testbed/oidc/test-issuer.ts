import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import { memoryAdapter } from './memory-adapter.ts';

export interface TestClient {
  readonly id: string;
  readonly secret: string;
  /** What its tokens say in the claim `groups`. */
  readonly groups?: ReadonlyArray<string>;
}

export interface TestIssuerOptions {
  readonly clients?: ReadonlyArray<TestClient>;
  /** How long its tokens last, seconds. Default 300. */
  readonly ttlSeconds?: number;
  /** PEM texts: it is at https:// then. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/** Whom tokens are for when a client does not ask for another: `resource=urn:audience:NAME`. */
const defaultResource = 'urn:audience:interlink';
const audienceOf = (resource: string) => resource.replace(/^urn:audience:/, '');

/**
 * A real OpenID Connect issuer (`oidc-provider`) on loopback, without people: clients get JWTs by their credentials. Its keys can be
 * changed, it can go away and come back at the same address, and it signs whatever a test wants to have signed.
 */
export class TestIssuer {
  readonly url: string;
  /** Paths that were asked for. */
  readonly requests: string[] = [];
  readonly #options: TestIssuerOptions;
  readonly #adapter = memoryAdapter();
  readonly #server: ReturnType<typeof createServer>;
  readonly #port: number;
  /** The newest first: it signs. */
  #keys: JWK[];
  #provider: Provider;
  #serve: Serve;

  private constructor(options: TestIssuerOptions, server: ReturnType<typeof createServer>, key: JWK) {
    this.#options = options;
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
    this.#keys = [key];
    [this.#provider, this.#serve] = this.#renew();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.requests.push(request.url?.split('?')[0] ?? '');
      this.#serve(request, response);
    });
  }

  static async start(options: TestIssuerOptions = {}): Promise<TestIssuer> {
    const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TestIssuer(options, server, await newKey());
  }

  get tokenEndpoint(): string {
    return `${this.url}/token`;
  }

  /** A token as the client gets it. @param audience default `interlink` */
  async token(clientId: string, audience?: string): Promise<string> {
    const client = await this.#provider.Client.find(clientId);
    if (client === undefined) throw new Error(`The issuer has no client ${clientId}`);
    const resource = audience === undefined ? defaultResource : `urn:audience:${audience}`;
    const token = new this.#provider.ClientCredentials({ client, scope: 'openid' });
    token.resourceServer = new this.#provider.ResourceServer(resource, this.#resourceServer(resource));
    const extra = { groups: this.#groupsOf(clientId) };
    Object.assign(token, { extra, aud: audienceOf(resource) });
    return await token.save();
  }

  /** Signs any claims by the newest key; `iss`, `sub`, `aud`, `iat` and `exp` are right unless they are given, and absent when they are given as undefined. */
  async sign(
    claims: Readonly<Record<string, unknown>> = {},
    header: { readonly kid?: string; readonly key?: JWK } = {},
  ): Promise<string> {
    const key = header.key ?? this.#newest;
    const now = Math.floor(Date.now() / 1000);
    const right = { iss: this.url, sub: 'test', aud: 'interlink', iat: now, exp: now + 300 };
    const kid = header.kid ?? key.kid ?? '';
    return await new SignJWT({ ...right, ...claims })
      .setProtectedHeader({ alg: key.alg ?? 'RS256', kid })
      .sign(await importJWK(key));
  }

  /** The public half of the key that signs. */
  get publicKey(): JWK {
    const { kty, n = '', e = '', kid = '', alg = '' } = this.#newest;
    return { kty: kty ?? 'RSA', n, e, kid, alg };
  }

  /** From now on a new key signs. The old ones are published still, unless they are dropped. */
  async rotateKeys({ dropOld = false }: { dropOld?: boolean } = {}): Promise<void> {
    this.#keys = [await newKey(), ...(dropOld ? [] : this.#keys)];
    [this.#provider, this.#serve] = this.#renew();
  }

  /** Nobody answers at its address. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  /** It is back, at the same address. */
  async resume(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
  }

  get #newest(): JWK {
    const [key] = this.#keys;
    if (key === undefined) throw new Error('The issuer has no key');
    return key;
  }

  #renew(): [Provider, Serve] {
    const { clients = [] } = this.#options;
    const provider = new Provider(this.url, {
      adapter: this.#adapter,
      jwks: { keys: this.#keys },
      cookies: { keys: ['for tests only'] },
      clients: clients.map(({ id, secret }) => ({
        client_id: id,
        client_secret: secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: async () => defaultResource,
          getResourceServerInfo: async (_context, resource) => this.#resourceServer(resource),
        },
      },
      extraTokenClaims: async (_context, token) => ({ groups: this.#groupsOf(token.clientId ?? '') }),
    });
    const serve = provider.callback();
    return [provider, (request, response) => void serve(request, response)];
  }

  #resourceServer(resource: string) {
    return {
      scope: 'openid',
      audience: audienceOf(resource),
      accessTokenFormat: 'jwt' as const,
      accessTokenTTL: this.#options.ttlSeconds ?? 300,
      jwt: { sign: { alg: 'RS256' as const, kid: this.#newest.kid ?? '' } },
    };
  }

  #groupsOf(clientId: string): ReadonlyArray<string> {
    return this.#options.clients?.find(({ id }) => id === clientId)?.groups ?? [];
  }
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: 'RS256', use: 'sig' };
}
