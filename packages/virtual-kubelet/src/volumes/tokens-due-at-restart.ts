import type { FollowedPod } from './followed-pod.ts';

/** The API server's own default. */
const defaultLifetimeSeconds = 3_600;

/**
 * When to renew tokens whose age is not known, in milliseconds since the epoch; Infinity for a pod without. Whoever renews in time
 * leaves a fifth of a token's life: the pods of a node share a part of that among them, so that they don't all ask at once.
 */
export function tokensDueAtRestart({ uses }: Pick<FollowedPod, 'uses'>, now: number, random: () => number): number {
  const lifetimes = [...uses.values()].flatMap(({ volume }) =>
    (volume.projected?.sources ?? []).flatMap(({ serviceAccountToken: token }) =>
      token === undefined ? [] : [token.expirationSeconds ?? defaultLifetimeSeconds],
    ),
  );
  if (lifetimes.length === 0) return Number.POSITIVE_INFINITY;
  return now + (random() * Math.min(...lifetimes) * 1_000) / 20;
}
