import type { Partition, SlurmNode, SlurmSettings } from '../cluster.ts';

export const simulatedNode: SlurmNode = {
  name: 'c1',
  partitions: ['main'],
  state: 'idle',
  flags: [],
  cpus: 16,
  memoryMiB: 16_000,
  allocatedCpus: 0,
  allocatedMemoryMiB: 0,
  gres: [{ name: 'gpu', type: 'a100', count: 2 }],
  allocatedGres: [],
  features: ['feat1'],
};

export const simulatedPartition: Partition = {
  name: 'main',
  state: 'UP',
  isDefault: true,
  maxTimeMinutes: undefined,
  defaultTimeMinutes: undefined,
  maxNodes: undefined,
  minNodes: 0,
  maxCpusPerNode: undefined,
  defaultMemoryPerCpuMiB: 100,
  defaultMemoryPerNodeMiB: undefined,
  maxMemoryPerCpuMiB: undefined,
  maxMemoryPerNodeMiB: undefined,
  totalCpus: 16,
  totalNodes: 1,
  nodes: 'c1',
  allowAccounts: undefined,
  denyAccounts: [],
  allowGroups: undefined,
  allowQos: undefined,
  denyQos: [],
  isRootOnly: false,
  requiresReservation: false,
  preemptMode: 'OFF',
};

export const simulatedSettings: SlurmSettings = {
  version: '24.11.5',
  clusterName: 'simulated',
  maxJobCount: 10_000,
  minJobAgeSeconds: 300,
  killWaitSeconds: 30,
  requestLimit: undefined,
  hasAccounting: false,
  requeuesByDefault: true,
  all: new Map(),
};
