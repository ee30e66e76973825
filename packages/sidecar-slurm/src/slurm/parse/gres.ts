import type { Gres } from '../cluster.ts';

const multipliers: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/**
 * A node's generic resources: `gpu:a100:2(S:0-1),mps:200`, `gpu:a100:1(IDX:0)`, `(null)`.
 * https://slurm.schedmd.com/gres.html
 */
export function parseGres(text: string): Gres[] {
  const bare = text.replaceAll(/\([^)]*\)/g, '');
  return bare.split(',').flatMap((part) => {
    const match = /^([^:]+)(?::(.+?))?:(\d+)([KMGT]?)$/.exec(part.trim());
    if (match === null) return [];
    const [, name = '', kind, count, unit = ''] = match;
    const type = kind?.replace(/(^|:)no_consume$/, '');
    return [{ name, type: type === '' ? undefined : type, count: Number(count) * (multipliers[unit] ?? 1) }];
  });
}
