import Type, { type Static } from 'typebox';
import { type Capabilities, type Pool, PoolTaint } from '../capabilities.ts';
import { parserOf } from '../validate.ts';
import { dropNulls } from './drop-nulls.ts';

/** Go peers write quantities as texts, Python plugins often as numbers. */
const Amount = Type.Union([Type.String(), Type.Number()]);

/** What a v1 plugin may say when it is pinged; many say something else, or nothing. */
export const PingResponse = Type.Object({
  status: Type.Optional(Type.String()),
  resources: Type.Optional(
    Type.Object({
      cpu: Type.Optional(Amount),
      memory: Type.Optional(Amount),
      pods: Type.Optional(Amount),
      accelerators: Type.Optional(Type.Array(Type.Object({ resourceType: Type.String(), available: Amount }))),
    }),
  ),
  /** Absent: the node's taints stay as they are; empty: those of the plugin go. */
  taints: Type.Optional(Type.Array(PoolTaint)),
});
export type PingResponse = Static<typeof PingResponse>;

const parse = parserOf(PingResponse, 'v1 ping answer');

/** The body of a ping's answer; undefined when it says nothing of this kind, as those of many plugins. */
export function parsePingResponse(body: string): PingResponse | undefined {
  try {
    return parse(dropNulls(JSON.parse(body)));
  } catch {
    return undefined;
  }
}

/** What the node gets from a ping: undefined when the plugin leaves its resources and taints to others. */
export function toPool({ resources, taints }: PingResponse): Pool | undefined {
  if (resources === undefined && taints === undefined) return undefined;
  const { cpu, memory, pods, accelerators = [] } = resources ?? {};
  const amounts = [
    ...Object.entries({ cpu, memory, pods }),
    ...accelerators.map(({ resourceType, available }) => [resourceType, available] as const),
  ];
  const capacity = Object.fromEntries(
    amounts.flatMap(([name, amount]) => (amount === undefined || amount === '' ? [] : [[name, String(amount)]])),
  );
  return { name: 'default', capacity, ...(taints === undefined ? {} : { taints }) };
}

/** What a backend's capabilities are to a v1 peer, which knows of one pool. */
export function toPingResponse({ pools: [pool] }: Capabilities): PingResponse {
  if (pool === undefined) return { status: 'ok' };
  const { cpu, memory, pods, ...others } = pool.capacity;
  const accelerators = Object.entries(others)
    .filter(([name]) => name.includes('/'))
    .map(([resourceType, available]) => ({ resourceType, available: Number(available) }));
  const given = Object.entries({ cpu, memory, pods }).filter(([, amount]) => amount !== undefined);
  const resources = { ...Object.fromEntries(given), ...(accelerators.length === 0 ? {} : { accelerators }) };
  return { status: 'ok', resources, ...(pool.taints === undefined ? {} : { taints: pool.taints }) };
}
