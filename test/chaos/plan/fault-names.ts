/** All faults, in the order of docs/reliability.md. `A to B` is the way from A to B. */
export const faultNames = [
  'kill kubelet',
  'kill interlink',
  'kill sidecar',
  'kill all',
  'kill kubelet again and again',
  'kill interlink again and again',
  'kill sidecar again and again',
  'stop kubelet',
  'stop interlink',
  'stop sidecar',
  'stop mock',
  'api restarted',
  'api compacted',
  'api slow',
  'api 429',
  'api 500',
  'api 409',
  'api watches cut',
  'kubelet to api cut',
  'kubelet to api half-open',
  'kubelet to api resets',
  'kubelet to api delay',
  'kubelet to api answers lost',
  'kubelet to interlink cut',
  'kubelet to interlink half-open',
  'kubelet to interlink resets',
  'kubelet to interlink delay',
  'kubelet to interlink answers lost',
  'interlink to sidecar cut',
  'interlink to sidecar half-open',
  'interlink to sidecar resets',
  'interlink to sidecar delay',
  'interlink to sidecar answers lost',
  'interlink replicas swapped',
  'kubelet token expired',
  'interlink token expired',
  'two kubelets',
  'two kubelets, the leader stopped',
  'clock of kubelet moved',
  'clock of interlink moved',
  'clock of sidecar moved',
] as const;

export type FaultName = (typeof faultNames)[number];

/** What needs another set of processes from the start. */
export const needsTwoKubelets = (name: FaultName) => name.startsWith('two kubelets');
export const needsReplicas = (name: FaultName) => name === 'interlink replicas swapped';

/** A Lease of the leader lasts 15 s, and the other asks every 2 s: a leader that is stopped for that long finds another in its place. */
export const leaderStopMs = 18_000;
