import {
  type Field,
  fileVolumeTypes,
  ignored,
  kubernetesVolumeTypes,
  refused,
  stringOf,
  supported,
} from '@interlink/sidecar-sdk';
import type { SlurmSite } from '../site/slurm-site.ts';

/** Types that pods can have, two of them where the administrator says so: `request/refuse-volumes.ts` tells the rest. */
const offered: ReadonlyMap<string, string> = new Map([
  ...fileVolumeTypes.map((type) => [type, ''] as const),
  ['hostPath', 'below the paths that `Slurm.HostPaths` lists; else refused'],
  ['persistentVolumeClaim', 'as `Slurm.Claims` says; else refused'],
]);

/** Fields of a volume. */
export const volumeFields: ReadonlyArray<Field<SlurmSite>> = [
  supported('name'),
  refused('emptyDir.medium', 'huge pages are not given to pods', {
    concerns: (value) => (stringOf(value) ?? '').startsWith('HugePages'),
    values: '`HugePages`',
  }),
  ignored('emptyDir.sizeLimit', 'how much is in it is not limited, but for memory, which is part of the job’s'),
  ...kubernetesVolumeTypes.map((type) => {
    const note = offered.get(type);
    return note === undefined ? refused<SlurmSite>(type, 'this type is not supported') : supported(type, note);
  }),
];
