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

function toPartition(name: string, valueOf: (key: string) => string): Partition {
  return {
    name,
    state: valueOf('State'),
    isDefault: valueOf('Default') === 'YES',
    maxTimeMinutes: parseMinutes(valueOf('MaxTime')),
    defaultTimeMinutes: parseMinutes(valueOf('DefaultTime')),
    maxNodes: toLimit(valueOf('MaxNodes')),
    minNodes: toLimit(valueOf('MinNodes')) ?? 0,
    maxCpusPerNode: toLimit(valueOf('MaxCPUsPerNode')),
    defaultMemoryPerCpuMiB: toLimit(valueOf('DefMemPerCPU')),
    defaultMemoryPerNodeMiB: toLimit(valueOf('DefMemPerNode')),
    maxMemoryPerCpuMiB: toLimit(valueOf('MaxMemPerCPU')),
    maxMemoryPerNodeMiB: toLimit(valueOf('MaxMemPerNode')),
    totalCpus: toLimit(valueOf('TotalCPUs')) ?? 0,
    totalNodes: toLimit(valueOf('TotalNodes')) ?? 0,
    nodes: valueOf('Nodes') === '(null)' ? '' : valueOf('Nodes'),
    allowAccounts: toAllowed(valueOf('AllowAccounts')),
    denyAccounts: toList(valueOf('DenyAccounts')),
    allowGroups: toAllowed(valueOf('AllowGroups')),
    allowQos: toAllowed(valueOf('AllowQos')),
    denyQos: toList(valueOf('DenyQos')),
    isRootOnly: valueOf('RootOnly') === 'YES',
    requiresReservation: valueOf('ReqResv') === 'YES',
    preemptMode: valueOf('PreemptMode'),
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
