import type { Volume } from '@interlink/kube';
import type { VolumeFile } from '@interlink/protocol';
import { warning } from './pod-objects.ts';
import { projectedFiles, type TokenFile } from './projected-files.ts';
import { ResolveError, type ResolveNotice, Unresolvable } from './resolve-error.ts';
import { DEFAULT_FILE_MODE, downwardAPIFiles, keyFiles, type VolumeSources } from './volume-files.ts';
import { mergeByPath } from './volume-path.ts';

/** A volume whose files are known, except for tokens. */
export interface VolumeDraft {
  name: string;
  files: Array<VolumeFile | TokenFile>;
}

/**
 * The files of a pod's configMap, secret, downwardAPI and projected volumes. Other volumes have none to resolve and are left out.
 * @throws ResolveError that names all volumes in trouble, each with a `FailedMount`
 */
export async function resolveVolumes(volumes: readonly Volume[], sources: VolumeSources): Promise<VolumeDraft[]> {
  const outcomes = await Promise.all(
    volumes.map(async (volume) => {
      try {
        const files = await filesOf(volume, sources);
        return files === undefined ? [] : [{ name: volume.name, files: mergeByPath(files) }];
      } catch (err) {
        if (err instanceof Unresolvable) return { volume: volume.name, trouble: err };
        throw err;
      }
    }),
  );
  const failures = outcomes.flatMap((outcome) => ('trouble' in outcome ? [outcome] : []));
  if (failures.length > 0) throw mountError(failures);
  return outcomes.flatMap((outcome) => ('trouble' in outcome ? [] : outcome));
}

/** That volumes cannot be set up: the containers stay `ContainerCreating`. */
export function mountError(failures: ReadonlyArray<{ volume: string; trouble: Unresolvable }>): ResolveError {
  const messages = failures.map(({ volume, trouble }) => mountWarning(volume, trouble.message).message);
  return new ResolveError(messages[0] ?? '', {
    reason: 'ContainerCreating',
    notices: [
      ...failures.flatMap(({ trouble }) => trouble.notices),
      ...messages.map((message) => warning('FailedMount', message)),
    ],
    missing: failures.flatMap(({ trouble }) => trouble.missing),
    isPassing: failures.some(({ trouble }) => trouble.isPassing),
  });
}

/** The kubelet's `FailedMount`. */
export function mountWarning(volume: string, message: string): ResolveNotice {
  return warning('FailedMount', `MountVolume.SetUp failed for volume ${JSON.stringify(volume)} : ${message}`);
}

async function filesOf(volume: Volume, sources: VolumeSources): Promise<VolumeDraft['files'] | undefined> {
  const { configMap, secret, downwardAPI, projected } = volume;
  const { objects } = sources;
  if (configMap !== undefined) {
    const { name = '', items, optional = false, defaultMode = DEFAULT_FILE_MODE } = configMap;
    return keyFiles({ reference: { kind: 'ConfigMap', name, optional }, items, defaultMode }, objects);
  }
  if (secret !== undefined) {
    const { secretName: name = '', items, optional = false, defaultMode = DEFAULT_FILE_MODE } = secret;
    return keyFiles({ reference: { kind: 'Secret', name, optional }, items, defaultMode }, objects);
  }
  if (downwardAPI !== undefined) {
    return downwardAPIFiles(downwardAPI.items ?? [], downwardAPI.defaultMode ?? DEFAULT_FILE_MODE, sources);
  }
  if (projected === undefined) return undefined;
  return projectedFiles(projected.sources ?? [], projected.defaultMode ?? DEFAULT_FILE_MODE, sources);
}
