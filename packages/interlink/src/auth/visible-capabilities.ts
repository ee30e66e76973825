import type { Capabilities } from '@interlink/protocol';
import { type Rights, readVerbs } from '@interlink/service-kit';

/** Streams by their verbs in capabilities. */
const streams = { exec: 'exec', attach: 'attach', portForward: 'portforward' } as const;

/**
 * Capabilities without the pools and the verbs that somebody is not granted. What is no list stays as it is: sidecars of other
 * releases may say more, or less, than this one knows.
 */
export function visibleCapabilities(capabilities: unknown, rights: Rights): unknown {
  if (typeof capabilities !== 'object' || capabilities === null) return capabilities;
  const { pools, verbs } = capabilities as Partial<Capabilities>;
  return {
    ...capabilities,
    ...(Array.isArray(pools) ? { pools: pools.filter(({ name }) => rights.hasPool(name)) } : {}),
    ...(Array.isArray(verbs) ? { verbs: verbs.filter((verb) => hasVerb(rights, verb)) } : {}),
  };
}

function hasVerb(rights: Rights, verb: string): boolean {
  if (verb in streams) return rights.hasStream(streams[verb as keyof typeof streams]);
  return rights.changes || (readVerbs as ReadonlyArray<string>).includes(verb);
}
