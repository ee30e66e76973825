import type { PersistentVolumeClaim, Volume } from '@interlink/kube';
import type { PodObjects } from './pod-objects.ts';
import { Unresolvable } from './resolve-error.ts';
import { mountError } from './resolve-volumes.ts';

/**
 * A pod's volumes with what a backend has to know of the claims that they name and can't ask for: beside `claimName` and `readOnly` the
 * claim's `storageClassName` and `accessModes`.
 * @throws ResolveError, a `FailedMount`, for claims that are not there or can't be read
 */
export async function withClaimFacts(volumes: readonly Volume[], objects: PodObjects): Promise<Volume[]> {
  const failures: Array<{ volume: string; trouble: Unresolvable }> = [];
  const told = await Promise.all(
    volumes.map(async (volume) => {
      const { persistentVolumeClaim: source } = volume;
      if (source === undefined) return volume;
      try {
        const claim = await objects.claim(source.claimName);
        return { ...volume, persistentVolumeClaim: { ...source, ...factsOf(claim) } };
      } catch (err) {
        if (!(err instanceof Unresolvable)) throw err;
        failures.push({ volume: volume.name, trouble: err });
        return volume;
      }
    }),
  );
  if (failures.length > 0) throw mountError(failures);
  return told;
}

function factsOf({ spec }: PersistentVolumeClaim): { storageClassName?: string; accessModes: string[] } {
  const { storageClassName, accessModes = [] } = spec ?? {};
  return { ...(storageClassName === undefined ? {} : { storageClassName }), accessModes };
}
