import type { Owner } from '@interlink/protocol';

/**
 * Names of virtual nodes in a route table: `NODE` in any cluster, or `CLUSTER/NODE`; `*` stands for any rest of either part.
 * Names without a star go before patterns, and those with more to them before those with less, so that the order of a table matters
 * only between equals.
 */
export interface NodePattern {
  readonly text: string;
  matches(owner: Owner): boolean;
  /** The higher, the more it says. */
  readonly rank: number;
}

/** More than any pattern has characters: that of a name without a star. */
const exactRank = 1_000;

/** The configuration has checked its characters. */
export function parseNodePattern(text: string): NodePattern {
  const [first = '', second] = text.split('/');
  const cluster = toRegExp(second === undefined ? '*' : first);
  const node = toRegExp(second ?? first);
  const said = text.replaceAll('*', '').length;
  return {
    text,
    rank: text.includes('*') ? said : exactRank + said,
    matches: (owner) => node.test(owner.node) && cluster.test(owner.cluster),
  };
}

function toRegExp(glob: string): RegExp {
  return new RegExp(`^${glob.split(/\*+/).map(RegExp.escape).join('.*')}$`);
}
