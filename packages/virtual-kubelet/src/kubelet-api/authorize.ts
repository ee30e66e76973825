import { createHash } from 'node:crypto';
import { InterLinkError } from '@interlink/protocol';
import { type Logger, Trouble } from '@interlink/service-kit';
import type { Credentials, Identity } from './credentials.ts';
import { ExpiringCache } from './expiring-cache.ts';
import type { Refusal } from './refusal.ts';
import type { Reviews } from './reviews.ts';

/** What a request needs: `verb` on any one of the node's subresources. */
export interface AccessCheck {
  verb: string;
  subresources: readonly string[];
}

/** Lets a request in, or says how it is answered instead. Never throws. */
export type Verdict = { user: string; refusal?: undefined } | { user?: string; refusal: Refusal };

/** Decides who is asking and whether all the checks are met. */
export type Authorize = (credentials: Credentials, checks: readonly AccessCheck[]) => Promise<Verdict>;

export interface AuthorizeOptions {
  reviews: Reviews;
  nodeName: string;
  logger: Logger;
  /** Default: the process' monotonic clock. */
  nowMs?: (() => number) | undefined;
}

/** The kubelet's own times (https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/, webhook authentication and authorization). */
export const tokenTtlMs = 120_000;
const unknownTokenTtlMs = 30_000;
export const allowTtlMs = 300_000;
export const denyTtlMs = 30_000;
const maxTokens = 1_000;
const maxDecisions = 5_000;

const superusers = 'system:masters';

/**
 * Authentication and authorization as the kubelet does them with webhooks: the client certificate, else the bearer token by
 * TokenReview; then members of `system:masters` pass, and others by SubjectAccessReview on the node.
 */
export function createAuthorize(options: AuthorizeOptions): Authorize {
  const { reviews, nodeName, logger } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  const identities = new ExpiringCache<Identity | undefined>(maxTokens, nowMs);
  const decisions = new ExpiringCache<boolean>(maxDecisions, nowMs);
  const troubles = { token: new Trouble(logger), access: new Trouble(logger) };

  async function identify({ certificate, bearerToken }: Credentials): Promise<Identity | undefined> {
    if (certificate !== undefined || bearerToken === undefined) return certificate;
    return identities.get(createHash('sha256').update(bearerToken).digest('base64'), async () => {
      const value = await watched(troubles.token, reviews.whoIs(bearerToken));
      return { value, ttlMs: value === undefined ? unknownTokenTtlMs : tokenTtlMs };
    });
  }

  async function isAllowed(identity: Identity, { verb, subresources }: AccessCheck): Promise<boolean> {
    if (identity.groups.includes(superusers)) return true;
    for (const subresource of subresources) {
      const allowed = await decisions.get(JSON.stringify([identity, verb, subresource]), async () => {
        const value = await watched(troubles.access, reviews.isAllowed(identity, { verb, subresource, nodeName }));
        return { value, ttlMs: value ? allowTtlMs : denyTtlMs };
      });
      if (allowed) return true;
    }
    return false;
  }

  return async (credentials, checks) => {
    const identity = await identify(credentials).catch(() => undefined);
    if (identity === undefined) return { refusal: { status: 401, text: 'Unauthorized' } };
    const { user } = identity;
    for (const check of checks) {
      const attributes = `user=${user}, verb=${check.verb}, resource=nodes, subresource(s)=[${check.subresources.join(' ')}]`;
      const allowed = await isAllowed(identity, check).catch(() => undefined);
      if (allowed === undefined) return { user, refusal: { status: 500, text: `Authorization error (${attributes})` } };
      if (!allowed) return { user, refusal: { status: 403, text: `Forbidden (${attributes})` } };
    }
    return { user };
  };
}

/** Logs that the Kubernetes API can't be asked, once; the failure itself goes on to the caller. */
async function watched<Answer>(trouble: Trouble, review: Promise<Answer>): Promise<Answer> {
  try {
    const answer = await review;
    trouble.end('users of the kubelet port can be checked again');
    return answer;
  } catch (error) {
    const reason = InterLinkError.from(error).message;
    trouble.begin('cannot check a user of the kubelet port: requests are refused', { reason });
    throw error;
  }
}
