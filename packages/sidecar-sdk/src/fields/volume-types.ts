import type { Volume } from '@interlink/protocol';

/** Every member of a volume that says what it is: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/ */
export const kubernetesVolumeTypes = [
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

/** Volumes whose files come with the request. */
export const fileVolumeTypes = ['configMap', 'secret', 'downwardAPI', 'projected'] as const;

/** The member beside `name` that says what the volume is: `configMap`, `hostPath`, … */
export function volumeTypeOf(volume: Volume): string {
  return Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
}

/** True for a volume whose files come with the request. */
export function isFiles(volume: Volume): boolean {
  return (fileVolumeTypes as ReadonlyArray<string>).includes(volumeTypeOf(volume));
}

/** True for an emptyDir in memory. */
export function isMemory(volume: Volume): boolean {
  return volumeTypeOf(volume) === 'emptyDir' && volume.emptyDir?.medium === 'Memory';
}

/** True for a volume with the content of ConfigMaps or Secrets. */
export function holdsPodData(volume: Volume): boolean {
  if (volume.configMap !== undefined || volume.secret !== undefined) return true;
  const sources = volume.projected?.sources;
  if (!Array.isArray(sources)) return false;
  return sources.some(
    (source) => typeof source === 'object' && source !== null && ('configMap' in source || 'secret' in source),
  );
}
