import type { Capabilities } from '@interlink/sidecar-sdk';

/** One pool with plenty of room: the mock never refuses a pod for lack of it. */
export const mockCapabilities: Capabilities = {
  protocolVersions: ['v2', 'v1'],
  backend: { kind: 'mock', version: '1' },
  verbs: [
    'create',
    'delete',
    'list',
    'watch',
    'log',
    'exec',
    'attach',
    'portForward',
    'updateVolumes',
    'stats',
    'update',
  ],
  volumeTypes: ['configMap', 'secret', 'downwardAPI', 'projected', 'emptyDir', 'hostPath', 'persistentVolumeClaim'],
  queues: false,
  pools: [{ name: 'mock', capacity: { cpu: '100k', memory: '1Pi', pods: '100k' } }],
  durable: false,
  kubeconfig: true,
  warnings: ['nothing runs: states are made up', 'pods are kept in memory only: a restart forgets them'],
};
