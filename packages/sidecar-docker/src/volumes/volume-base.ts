import {
  type ClaimMap,
  expandClaim,
  findClaim,
  type HostPathPolicy,
  InterLinkError,
  isMemory,
  type Pod,
  refuseClaim,
  toClaim,
  type Volume,
  volumeTypeOf,
} from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { memoryMount } from '../container/memory-mount.ts';
import { toFsGroup } from '../container/security-context.ts';
import { makeClaimFolder } from './claim-folder.ts';
import type { ClaimTarget } from './claim-targets.ts';
import { findHostPath } from './host-path.ts';
import { volumeFolder } from './volume-paths.ts';

/** What this site lets volumes be made of. */
export interface VolumePolicy {
  readonly hostPaths: HostPathPolicy;
  readonly claims: ClaimMap<ClaimTarget>;
}

/** What a volume is made of: a folder of the host, or a volume of the engine's own. */
export type VolumeBase =
  | {
      readonly kind: 'folder';
      /** Nobody but the administrator and this process can put something else in its place. Without links. */
      readonly path: string;
      /** From there to the volume itself: whoever writes above can put a link there. */
      readonly parts: ReadonlyArray<string>;
      readonly isReadOnly: boolean;
      /** Folders and files in it are ours alone to make: no link leads out of it. */
      readonly isOurs: boolean;
    }
  | { readonly kind: 'engine'; readonly mount: Omit<Docker.MountSettings, 'Target'>; readonly isReadOnly: boolean };

/**
 * Looks at what a volume is made of, right now; makes what is to be made, but for files and emptyDirs.
 * @throws InterLinkError `failed_precondition` for what is not there, or not allowed
 */
export async function findVolumeBase(
  volume: Volume,
  { metadata, spec }: Pod,
  { root, hostPaths, claims }: VolumePolicy & { readonly root: string },
): Promise<VolumeBase> {
  const type = volumeTypeOf(volume);
  if (type === 'hostPath') return { kind: 'folder', isOurs: false, ...toFolder(await findHostPath(volume, hostPaths)) };
  if (type === 'persistentVolumeClaim') return await findClaimBase(volume, metadata.namespace, claims);
  if (isMemory(volume)) {
    return { kind: 'engine', mount: memoryMount(volume, metadata.uid, toFsGroup(spec)), isReadOnly: false };
  }
  const isEmptyDir = type === 'emptyDir';
  const path = volumeFolder(root, metadata.uid, volume.name);
  // Files of ConfigMaps and the like are never written by a pod.
  return { kind: 'folder', path, parts: [], isReadOnly: !isEmptyDir, isOurs: !isEmptyDir };
}

async function findClaimBase(volume: Volume, namespace: string, claims: ClaimMap<ClaimTarget>): Promise<VolumeBase> {
  const claim = toClaim(volume);
  const target = findClaim(claim, namespace, claims);
  if (target === undefined)
    throw new InterLinkError('failed_precondition', refuseClaim('Docker.Claims', claim, namespace, claims) ?? '');
  const names = { namespace, claim: claim.name, volume: volume.name };
  const { isReadOnly } = claim;
  if ('path' in target) {
    const path = await makeClaimFolder(target.path, names);
    return { kind: 'folder', path, parts: [], isReadOnly, isOurs: false };
  }
  const mount = { Type: 'volume', Source: expandClaim(target.dockerVolume, names) } as const;
  return { kind: 'engine', mount, isReadOnly };
}

function toFolder({ base, ...rest }: Awaited<ReturnType<typeof findHostPath>>) {
  return { path: base, ...rest };
}
