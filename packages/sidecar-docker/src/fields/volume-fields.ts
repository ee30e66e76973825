import {
  type Field,
  fileVolumeTypes,
  kubernetesVolumeTypes,
  refused,
  stringOf,
  supported,
} from '@interlink/sidecar-sdk';
import type { SitePolicy } from '../site/site-policy.ts';

/** Types that pods can have, some of them where the administrator says so: `volumes/refuse-volumes.ts` tells the rest. */
const offered: ReadonlyMap<string, Field<SitePolicy>> = new Map([
  ...[...fileVolumeTypes, 'emptyDir'].map((type): [string, Field<SitePolicy>] => [type, supported(type)]),
  ['hostPath', supported('hostPath', 'below the paths that `Docker.HostPaths` lists; else refused')],
  ['persistentVolumeClaim', supported('persistentVolumeClaim', 'as `Docker.Claims` says; else refused')],
]);

/** Fields of a volume. */
export const volumeFields: ReadonlyArray<Field<SitePolicy>> = [
  supported('name'),
  {
    ...refused('emptyDir.medium', 'huge pages are not given to pods', {
      concerns: (value) => (stringOf(value) ?? '').startsWith('HugePages'),
      values: '`HugePages`',
    }),
    isToldElsewhere: true,
  },
  supported('emptyDir.sizeLimit', 'looked at once a minute: who is over it is evicted; in memory the kernel keeps it'),
  ...kubernetesVolumeTypes.map(
    (type) => offered.get(type) ?? { ...refused(type, 'this type is not supported'), isToldElsewhere: true },
  ),
];
