import { availableParallelism, release, totalmem } from 'node:os';
import type { Capabilities } from '@interlink/sidecar-sdk';

/** One pool: this machine. Its capacity is what there is; nothing enforces it. */
export function processCapabilities(): Capabilities {
  return {
    protocolVersions: ['v2', 'v1'],
    backend: { kind: 'process', version: `${process.platform} ${release()}` },
    verbs: ['create', 'delete', 'list', 'watch', 'log', 'exec', 'portForward', 'updateVolumes', 'stats', 'update'],
    volumeTypes: ['configMap', 'secret', 'downwardAPI', 'projected', 'emptyDir'],
    queues: false,
    enforcesDeadline: true,
    pools: [
      {
        name: 'process',
        capacity: {
          cpu: String(availableParallelism()),
          memory: `${Math.floor(totalmem() / 1024)}Ki`,
          pods: '110',
        },
      },
    ],
    warnings: [
      'images are ignored: a container is its command, run on this machine',
      'nothing is isolated: pods see and reach whatever this account does',
      'resource limits are not enforced',
      'volumes are not mounted: $INTERLINK_VOLUME_<NAME> holds the folder of a volume',
      'terminationMessagePath is not a path here: $INTERLINK_TERMINATION_LOG names the file to write to',
    ],
  };
}
