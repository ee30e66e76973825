import { type Backend, type Capabilities, InterLinkError, type News, sleep } from '@interlink/sidecar-sdk';
import { createMockBackend } from '../backend.ts';
import { mockCapabilities } from '../capabilities.ts';
import { changed } from '../misbehaviour/misbehaviour.ts';
import { endOfOutage, nextEdgeMs } from './outages.ts';
import { scriptByRules } from './pod-rule.ts';
import type { LoadedScript, ScriptFile } from './script-file.ts';
import type { CapabilitiesShape } from './site-shape.ts';

/** A change in the file is noticed after this long at most. */
const recheckMs = 1_000;

/** The part of a {@link ScriptFile} that is used here. */
type FollowedScript = Pick<ScriptFile, 'loaded' | 'refresh'>;

/** The mock's backend by a script: its pods, what it says of itself, and the times in which it is away. */
export function createScriptedBackend(file: FollowedScript, now: () => number = Date.now): Backend {
  const backend = createMockBackend({
    now,
    capabilities: () => capabilitiesOf(file.loaded),
    scriptOf: (pod) => scriptByRules(file.loaded.script.pods ?? [], pod),
  });
  const { watch } = backend;
  const watched: Partial<Backend> = {
    watch: async (news, signal) => {
      await Promise.all([watch?.call(backend, news, signal), followFile({ file, news, now, signal })]);
    },
  };
  return awayDuringOutages(changed(backend, watched), () => {
    const endsAtMs = endOfOutage(file.loaded, now());
    if (endsAtMs === undefined) return;
    throw new InterLinkError('unavailable', `The backend is away until ${toTime(endsAtMs)}, as the script asks`);
  });
}

/** Whatever it is asked, it fails then; what it has to tell goes on. */
function awayDuringOutages(backend: Backend, assertThere: () => void): Backend {
  const untouched = new Set<PropertyKey>(['watch', 'kubeconfig']);
  return new Proxy(backend, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function' || untouched.has(key)) return member;
      return async (...args: unknown[]) => {
        assertThere();
        return await (member.apply(target, args) as Promise<unknown>);
      };
    },
  });
}

interface Following {
  readonly file: FollowedScript;
  readonly news: Pick<News, 'relist'>;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Reads the file again and again; where an outage begins or ends, the SDK is to find out at once. */
async function followFile({ file, news, now, signal }: Following): Promise<void> {
  let wasAway = false;
  while (!signal.aborted) {
    const isAway = endOfOutage(file.loaded, now()) !== undefined;
    if (isAway !== wasAway) news.relist();
    wasAway = isAway;
    await sleep(Math.min(recheckMs, nextEdgeMs(file.loaded, now()) - now()), signal);
    if (!signal.aborted) await file.refresh();
  }
}

function capabilitiesOf({ script: { capabilities = {}, protocol } }: LoadedScript): Capabilities {
  const { pools, ...rest } = capabilities;
  return {
    ...mockCapabilities,
    ...rest,
    ...(protocol === undefined ? {} : { protocolVersions: [protocol] }),
    ...(pools === undefined ? {} : { pools: pools.map(toPool) }),
  };
}

function toPool({ capacity, ...rest }: NonNullable<CapabilitiesShape['pools']>[number]): Capabilities['pools'][number] {
  return {
    ...rest,
    capacity: Object.fromEntries(Object.entries(capacity).map(([name, amount]) => [name, String(amount)])),
  };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
