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

const part = '[A-Za-z0-9*]([-A-Za-z0-9_.*]*[A-Za-z0-9*])?';
const wellFormed = new RegExp(`^(${part}/)?${part}$`);
/** More than any pattern has characters: that of a name without a star. */
const exactRank = 1_000;

/** @returns undefined when the text is no pattern of names */
export function parseNodePattern(text: string): NodePattern | undefined {
  if (text.length > 400 || !wellFormed.test(text)) return undefined;
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
