import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Adapter, type AdapterPayload, type JWK } from 'oidc-provider';

export interface SessionIssuerOptions {
  readonly ttlSeconds?: number;
  /** How the client shows its secret. Default `client_secret_basic`. */
  /** A session survives that one of its refresh tokens is used again. */
  readonly takesUsedTokens?: boolean;
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post';
}

export const clientSecret = 'the-secret-of-vk+/=';
const resource = 'https://interlink.example';

/**
 * A real issuer (`oidc-provider`) on loopback for the client `vk`. It gives a new refresh token with each use of one, and ends the whole
 * session when one is used twice, unless it is told to be lenient.
 */
export class SessionIssuer {
  readonly url: string;
  /** Grants that were asked for. */
  readonly grants: string[] = [];
  /** What is done instead of answering a grant. */
  inTheWay: ((response: ServerResponse) => void) | undefined;
  /** What a grant waits for. */
  hold: Promise<void> | undefined;
  /** Called when a grant is answered, before the caller hears of it. */
  onAnswer: (() => void) | undefined;
  readonly #server: ReturnType<typeof createServer>;
  readonly #provider: Provider;

  private constructor(server: ReturnType<typeof createServer>, options: SessionIssuerOptions) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#provider = new Provider(this.url, {
      adapter: memory(options),
      cookies: { keys: ['for tests only'] },
      jwks: { keys: [signingKey()] },
      clients: [
        {
          client_id: 'vk',
          client_secret: clientSecret,
          grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
          redirect_uris: ['https://vk.example/callback'],
          token_endpoint_auth_method: options.clientAuthentication ?? 'client_secret_basic',
        },
      ],
      clientAuthMethods: [options.clientAuthentication ?? 'client_secret_basic'],
      rotateRefreshToken: true,
      findAccount: async (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: async () => resource,
          getResourceServerInfo: async (_context, audience) => ({
            scope: 'pods',
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: options.ttlSeconds ?? 300,
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
    });
    const serve = this.#provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.method !== 'POST') return void serve(request, response);
      this.grants.push(request.url ?? '');
      if (this.inTheWay !== undefined) return this.inTheWay(response);
      const { end } = response;
      const { onAnswer } = this;
      if (onAnswer !== undefined) {
        Object.assign(response, {
          end: (...args: Parameters<typeof end>) => {
            onAnswer();
            return end.apply(response, args);
          },
        });
      }
      void Promise.resolve(this.hold).then(async () => await serve(request, response));
    });
  }

  static async start(options: SessionIssuerOptions = {}): Promise<SessionIssuer> {
    const server = createServer();
    await listen(server, 0);
    return new SessionIssuer(server, options);
  }

  /** The refresh token of a session that somebody has begun by logging in. */
  async logIn(): Promise<string> {
    const grant = new this.#provider.Grant({ accountId: 'alice', clientId: 'vk' });
    grant.addOIDCScope('openid offline_access');
    grant.addResourceScope(resource, 'pods');
    const client = await this.#provider.Client.find('vk');
    if (client === undefined) throw new Error('The issuer has no client vk');
    const token = new this.#provider.RefreshToken({
      client,
      accountId: 'alice',
      grantId: await grant.save(),
      gty: 'authorization_code',
      scope: 'openid offline_access pods',
      expiresWithSession: false,
      authTime: Math.floor(Date.now() / 1_000),
      rotations: 0,
      iiat: Math.floor(Date.now() / 1_000),
      resource,
    });
    return await token.save();
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
    await listen(this.#server, Number(new URL(this.url).port));
  }
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

function signingKey(): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { ...privateKey.export({ format: 'jwk' }), kty: 'RSA', alg: 'RS256', use: 'sig' };
}

/** What the issuer keeps; its own keeping in memory is one for all issuers. */
function memory({ takesUsedTokens = false }: SessionIssuerOptions): (model: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  return (model) => {
    const get = (id: string) => kept.get(`${model}:${id}`);
    const find = (key: 'uid' | 'userCode', value: string) =>
      [...kept].find(([id, payload]) => id.startsWith(`${model}:`) && payload[key] === value)?.[1];
    return {
      upsert: async (id, payload) => void kept.set(`${model}:${id}`, payload),
      find: async (id) => get(id),
      findByUid: async (uid) => find('uid', uid),
      findByUserCode: async (code) => find('userCode', code),
      consume: async (id) => {
        if (takesUsedTokens) return;
        kept.set(`${model}:${id}`, { ...get(id), consumed: Math.floor(Date.now() / 1_000) });
      },
      destroy: async (id) => void kept.delete(`${model}:${id}`),
      revokeByGrantId: async (grantId) => {
        for (const [id, payload] of kept) if (payload.grantId === grantId) kept.delete(id);
      },
    };
  };
}
