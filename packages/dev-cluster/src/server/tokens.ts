import { generateKeyPairSync, sign, verify } from 'node:crypto';
import type { Json } from '../object.ts';

export interface TokenFields {
  readonly subject: string;
  readonly audiences: ReadonlyArray<unknown>;
  readonly expirationSeconds: number;
  /** The claim `kubernetes.io`: namespace, service account, pod. */
  readonly claims: Json;
}

/** Issues service account tokens, and knows its own again: ES256, by a key that lives as long as the cluster. */
export class TokenIssuer {
  readonly issuer = 'https://kubernetes.default.svc';
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  issue({ subject, audiences, expirationSeconds, claims }: TokenFields): string {
    const iat = Math.floor(Date.now() / 1_000);
    const times = { iat, nbf: iat, exp: iat + expirationSeconds };
    const payload = { iss: this.issuer, sub: subject, aud: audiences, ...times, 'kubernetes.io': claims };
    const signed = [{ alg: 'ES256', typ: 'JWT' }, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const key = { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  }

  /** Whether a token is one of ours, and not over. */
  isValid(token: string): boolean {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const key = { key: this.#keys.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const isOurs = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
    return isOurs && JSON.parse(Buffer.from(payload, 'base64url').toString()).exp * 1_000 > Date.now();
  }
}
