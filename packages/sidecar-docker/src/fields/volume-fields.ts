import { stringOf } from '@interlink/sidecar-sdk';
import { fileVolumeTypes } from '../container/volume-type.ts';
import { type Field, refused, supported } from './field.ts';

/** Every type that Kubernetes has. */
const types = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'configMap',
  'csi',
  'downwardAPI',
  'ephemeral',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'gitRepo',
  'glusterfs',
  'hostPath',
  'image',
  'iscsi',
  'nfs',
  'persistentVolumeClaim',
  'photonPersistentDisk',
  'portworxVolume',
  'projected',
  'quobyte',
  'rbd',
  'scaleIO',
  'secret',
  'storageos',
  'vsphereVolume',
] as const;

/** Types that pods can have, some of them where the administrator says so: `volumes/refuse-volumes.ts` tells the rest. */
const offered: ReadonlyMap<string, Field> = new Map([
  ...[...fileVolumeTypes, 'emptyDir'].map((type): [string, Field] => [type, supported(type)]),
  ['hostPath', supported('hostPath', 'below the paths that `Docker.HostPaths` lists; else refused')],
  ['persistentVolumeClaim', supported('persistentVolumeClaim', 'as `Docker.Claims` says; else refused')],
]);

/** Fields of a volume. */
export const volumeFields: ReadonlyArray<Field> = [
  supported('name'),
  {
    ...refused('emptyDir.medium', 'huge pages are not given to pods', {
      concerns: (value) => (stringOf(value) ?? '').startsWith('HugePages'),
      values: '`HugePages`',
    }),
    isToldElsewhere: true,
  },
  supported('emptyDir.sizeLimit', 'looked at once a minute: who is over it is evicted; in memory the kernel keeps it'),
  ...types.map(
    (type) => offered.get(type) ?? { ...refused(type, 'this type is not supported'), isToldElsewhere: true },
  ),
];
