import type { Partition } from '../cluster.ts';
import { parseMinutes } from './times.ts';

/** Reads `scontrol show partition --oneliner`. No value of it holds a blank. */
export function parsePartitions(text: string): Partition[] {
  return text.split('\n').flatMap((line) => {
    const values = new Map(line.split(' ').map(toPair));
    const name = values.get('PartitionName');
    return name === undefined ? [] : [toPartition(name, (key) => values.get(key) ?? '')];
  });
}

function toPair(word: string): [string, string] {
  const at = word.indexOf('=');
  return at === -1 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
}

function toPartition(name: string, read: (key: string) => string): Partition {
  return {
    name,
    state: read('State'),
    isDefault: read('Default') === 'YES',
    maxTimeMinutes: parseMinutes(read('MaxTime')),
    defaultTimeMinutes: parseMinutes(read('DefaultTime')),
    maxNodes: toLimit(read('MaxNodes')),
    minNodes: toLimit(read('MinNodes')) ?? 0,
    maxCpusPerNode: toLimit(read('MaxCPUsPerNode')),
    defaultMemoryPerCpuMiB: toLimit(read('DefMemPerCPU')),
    defaultMemoryPerNodeMiB: toLimit(read('DefMemPerNode')),
    maxMemoryPerCpuMiB: toLimit(read('MaxMemPerCPU')),
    maxMemoryPerNodeMiB: toLimit(read('MaxMemPerNode')),
    totalCpus: toLimit(read('TotalCPUs')) ?? 0,
    totalNodes: toLimit(read('TotalNodes')) ?? 0,
    nodes: read('Nodes') === '(null)' ? '' : read('Nodes'),
    allowAccounts: toAllowed(read('AllowAccounts')),
    denyAccounts: toList(read('DenyAccounts')),
    allowGroups: toAllowed(read('AllowGroups')),
    allowQos: toAllowed(read('AllowQos')),
    denyQos: toList(read('DenyQos')),
    isRootOnly: read('RootOnly') === 'YES',
    requiresReservation: read('ReqResv') === 'YES',
    preemptMode: read('PreemptMode'),
  };
}

/** Undefined for UNLIMITED, and for what is not there. */
function toLimit(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function toAllowed(text: string): string[] | undefined {
  return text === 'ALL' || text === '' ? undefined : toList(text);
}

function toList(text: string): string[] {
  return text.split(',').filter((item) => item !== '' && item !== '(null)');
}
