import type { SlurmNode } from '../cluster.ts';
import { parseGres } from './gres.ts';
import { known, parseRows } from './rows.ts';

/** What sinfo is asked for, a line per node and partition (`--Node`). */
export const nodeFields = [
  ...(['NodeHost', 'Partition', 'StateComplete', 'CPUsState', 'Memory', 'AllocMem'] as const),
  ...(['Gres', 'GresUsed', 'Features'] as const),
];

/** Reads sinfo's list into one entry per node. */
export function parseNodes(text: string): SlurmNode[] {
  const nodes = new Map<string, SlurmNode>();
  for (const row of parseRows(text, nodeFields)) {
    const partition = row.Partition.replace(/\*$/, '');
    const seen = nodes.get(row.NodeHost);
    if (seen !== undefined) {
      nodes.set(seen.name, { ...seen, partitions: [...seen.partitions, partition].sort() });
      continue;
    }
    // Allocated, idle, other, total.
    const cpus = row.CPUsState.split('/').map(Number);
    if (cpus.length !== 4 || cpus.some(Number.isNaN)) continue;
    const [state = '', ...flags] = row.StateComplete.toLowerCase().split('+');
    nodes.set(row.NodeHost, {
      name: row.NodeHost,
      partitions: [partition],
      state,
      flags,
      cpus: cpus[3] ?? 0,
      memoryMiB: Number(row.Memory) || 0,
      allocatedCpus: cpus[0] ?? 0,
      allocatedMemoryMiB: Number(row.AllocMem) || 0,
      gres: parseGres(row.Gres),
      allocatedGres: parseGres(row.GresUsed).filter(({ count }) => count > 0),
      features: (known(row.Features) ?? '').split(',').filter((feature) => feature !== ''),
    });
  }
  return [...nodes.values()];
}
