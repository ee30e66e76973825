import { Backoff } from '@interlink/kube';

/** A token of a service account that ends with the pod. */
export interface PodTokenRequest {
  /** Empty: the API server's own audience. */
  audiences: string[];
  /** Default: the API server's, one hour. */
  expirationSeconds?: number | undefined;
  pod: { name: string; uid: string };
}

export interface IssuedToken {
  readonly token: string;
  /** Of the token when it was issued. */
  readonly lifetimeMs: number;
}

export interface PodTokensOptions {
  /** Asks for a new token. */
  issue(namespace: string, serviceAccount: string, request: PodTokenRequest, signal: AbortSignal): Promise<IssuedToken>;
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
  /** Uniform in [0, 1). Default `Math.random`. */
  random?: () => number;
}

interface HeldToken {
  readonly token: string;
  readonly expiresAtMs: number;
  renewAtMs: number;
  readonly backoff: Backoff;
}

/** A token is renewed when this part of its life is over, or at this age. As the kubelet's token manager. */
const renewAtPart = 0.8;
const renewAtAgeMs = 24 * 3_600_000;
/** It is renewed sooner by up to this. */
const jitterMs = 10_000;
const retryBackoff = { baseMs: 1_000, maxMs: 60_000, jitter: 0.5 };

/**
 * The tokens of running pods, in memory only. Whoever asks for one gets the one at hand until it is time for another, which is a
 * good while before it expires.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/token/token_manager.go
 */
export class PodTokens {
  readonly #options: PodTokensOptions;
  readonly #pods = new Map<string, Map<string, HeldToken>>();
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(options: PodTokensOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /**
   * A token that is valid. While the API gives no new one, that is the old one.
   * @throws the client's errors, and the signal's reason, when there is none
   */
  async get(namespace: string, serviceAccount: string, request: PodTokenRequest, signal: AbortSignal): Promise<string> {
    const { audiences, expirationSeconds, pod } = request;
    const key = JSON.stringify([namespace, serviceAccount, audiences, expirationSeconds]);
    const held = this.#pods.get(pod.uid)?.get(key);
    const askedAtMs = this.#now();
    if (held !== undefined && askedAtMs < held.renewAtMs) return held.token;
    try {
      const issued = await this.#options.issue(namespace, serviceAccount, request, signal);
      this.#hold(pod.uid, key, issued, askedAtMs);
      return issued.token;
    } catch (err) {
      const now = this.#now();
      if (signal.aborted || held === undefined || now >= held.expiresAtMs) throw err;
      held.renewAtMs = Math.min(now + held.backoff.next(), held.expiresAtMs);
      return held.token;
    }
  }

  /** When the first of the pod's tokens has to be asked for again, in milliseconds since the epoch; undefined: it has none. */
  renewAtMs(uid: string): number | undefined {
    const held = [...(this.#pods.get(uid)?.values() ?? [])];
    return held.length === 0 ? undefined : Math.min(...held.map(({ renewAtMs }) => renewAtMs));
  }

  /** The pod is no more. */
  forget(uid: string): void {
    this.#pods.delete(uid);
  }

  #hold(uid: string, key: string, { token, lifetimeMs }: IssuedToken, issuedAtMs: number): void {
    const tokens = this.#pods.get(uid) ?? new Map<string, HeldToken>();
    this.#pods.set(uid, tokens);
    const ageMs = Math.min(lifetimeMs * renewAtPart, renewAtAgeMs);
    tokens.set(key, {
      token,
      expiresAtMs: issuedAtMs + lifetimeMs,
      renewAtMs: issuedAtMs + ageMs - this.#random() * Math.min(jitterMs, ageMs / 10),
      backoff: new Backoff({ ...retryBackoff, random: this.#random, now: this.#now }),
    });
  }
}
