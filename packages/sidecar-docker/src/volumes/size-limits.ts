import { isMemory, type PodSpec, parseQuantity } from '@interlink/sidecar-sdk';
import { measureFolder } from './folder-size.ts';
import { volumeFolder } from './volume-paths.ts';

/** An emptyDir on disk that may not grow past its `sizeLimit`. Those in memory have the kernel to see to that. */
export interface SizeLimit {
  readonly volume: string;
  /** As the pod's author wrote it. */
  readonly limit: string;
}

export function toSizeLimits({ volumes = [] }: PodSpec): SizeLimit[] {
  return volumes.flatMap((volume) => {
    const limit = volume.emptyDir?.sizeLimit;
    if (limit === undefined || isMemory(volume)) return [];
    // As the kubelet: 0 is no limit.
    return (parseQuantity(limit) ?? 0) > 0 ? [{ volume: volume.name, limit }] : [];
  });
}

/**
 * Looks whether a pod keeps to its limits.
 * @returns why not, in the kubelet's words (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/eviction/helpers.go `emptyDirMessageFmt`)
 */
export async function findExcess(
  root: string,
  uid: string,
  limits: ReadonlyArray<SizeLimit>,
): Promise<string | undefined> {
  for (const { volume, limit } of limits) {
    const bytes = parseQuantity(limit) ?? 0;
    if ((await measureFolder(volumeFolder(root, uid, volume), bytes)) > bytes) {
      return `Usage of EmptyDir volume ${JSON.stringify(volume)} exceeds the limit ${JSON.stringify(limit)}. `;
    }
  }
  return undefined;
}
