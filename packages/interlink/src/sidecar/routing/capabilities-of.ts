import { setTimeout as delay } from 'node:timers/promises';
import { type Capabilities, InterLinkError } from '@interlink/protocol';
import type { SidecarLink } from '../sidecar-link.ts';

/**
 * What several sidecars can do, as one: what all of them can, and the pools of each, called `SIDECAR/POOL`. One that does not answer is a
 * warning; nobody waits for it longer than for a look whether it is there.
 */
export async function capabilitiesOf(links: ReadonlyArray<SidecarLink>): Promise<Capabilities> {
  const answers = await Promise.all(
    links.map(async ({ route, capabilities }) => {
      try {
        return { name: route.name, told: onlyPool(await inTime(capabilities()), route.pool) };
      } catch (error) {
        return { name: route.name, trouble: InterLinkError.from(error).message };
      }
    }),
  );
  const told = answers.flatMap(({ name, told: one }) => (one === undefined ? [] : [{ name, ...one }]));
  const troubles = answers.flatMap(({ name, trouble }) =>
    trouble === undefined ? [] : [`the sidecar ${name} does not answer: ${trouble}`],
  );
  return {
    protocolVersions: ['v2', 'v1'],
    backend: { kind: 'interlink', version: '1' },
    verbs: ofAll(told.map(({ verbs }) => verbs)),
    volumeTypes: ofAll(told.map(({ volumeTypes }) => volumeTypes)),
    queues: told.some(({ queues }) => queues),
    durable: told.every(({ durable }) => durable !== false),
    pools: told.flatMap(({ name, pools }) => pools.map((pool) => ({ ...pool, name: `${name}/${pool.name}` }))),
    warnings: [...told.flatMap(({ name, warnings = [] }) => warnings.map((each) => `${name}: ${each}`)), ...troubles],
  };
}

/** Whoever waits for this would not wait much longer for all of them. */
const patienceMs = 3_000;

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = new AbortController();
  const timeout = delay(patienceMs, undefined, { signal: late.signal }).then(() => {
    throw new InterLinkError('unavailable', `No answer within ${patienceMs / 1_000} s`);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    late.abort();
    timeout.catch(() => undefined);
    answer.catch(() => undefined);
  }
}

/** Of the pools that a sidecar announces, the one that the configuration names, and no other. */
export function onlyPool(capabilities: Capabilities, pool: string | undefined): Capabilities {
  if (pool === undefined) return capabilities;
  const pools = capabilities.pools.filter(({ name }) => name === pool);
  if (pools.length > 0) return { ...capabilities, pools };
  const warning = `the sidecar announces no pool ${JSON.stringify(pool)}, which is configured for this node`;
  return { ...capabilities, pools, warnings: [...(capabilities.warnings ?? []), warning] };
}

function ofAll<T>(lists: ReadonlyArray<ReadonlyArray<T>>): T[] {
  const [first = [], ...others] = lists;
  return first.filter((each) => others.every((list) => list.includes(each)));
}
