import { stringOf } from '../container/untyped.ts';
import { isSupported } from '../container/volume-type.ts';
import { type Field, ignored, refused, supported } from './field.ts';

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

/** Fields of a volume. Which types there are is `isSupported`'s to say. */
export const volumeFields: ReadonlyArray<Field> = [
  supported('name'),
  refused('emptyDir.medium', 'huge pages are not given to pods', {
    concerns: (value) => (stringOf(value) ?? '').startsWith('HugePages'),
    values: '`HugePages`',
  }),
  ignored('emptyDir.sizeLimit', 'a folder of the host is not limited', {
    concerns: (_, { parent }) => parent.medium !== 'Memory',
    values: 'without `medium: Memory`',
  }),
  ...types.map((type) =>
    isSupported({ name: 'v', [type]: {} })
      ? supported(type)
      : { ...refused(type, 'this type is not supported'), isToldElsewhere: true },
  ),
];
