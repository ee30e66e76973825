import type { Capabilities, Pool } from '@interlink/protocol';

/**
 * The pool that a node stands for: the configured one and no other, which may be missing; without a configured one that of the node's
 * name, else the first.
 */
export function poolOf({ pools }: Capabilities, node: { name: string; pool: string | undefined }): Pool | undefined {
  const named = (name: string) => pools.find((pool) => pool.name === name);
  return node.pool === undefined ? (named(node.name) ?? pools[0]) : named(node.pool);
}
