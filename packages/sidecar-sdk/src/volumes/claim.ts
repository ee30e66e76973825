import { InterLinkError, type Volume } from '@interlink/protocol';
import type { ClaimMap } from './claim-map.ts';

/** A claim as the pod's request has it: the virtual kubelet adds class and access modes to what the pod's author wrote. */
export interface Claim {
  readonly name: string;
  readonly isReadOnly: boolean;
  readonly storageClass: string | undefined;
}

/** Reads the member of a volume. @throws InterLinkError `failed_precondition` for a name that is none */
export function toClaim({ persistentVolumeClaim: source }: Volume): Claim {
  const { claimName, readOnly, storageClassName, accessModes } = source ?? {};
  if (
    typeof claimName !== 'string' ||
    !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(claimName)
  ) {
    throw new InterLinkError('failed_precondition', `${JSON.stringify(claimName)} is not the name of a claim`);
  }
  // https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
  const isForReaders = Array.isArray(accessModes) && accessModes.length > 0 && accessModes.every(isReadOnlyMany);
  return {
    name: claimName,
    isReadOnly: readOnly === true || isForReaders,
    storageClass: typeof storageClassName === 'string' && storageClassName !== '' ? storageClassName : undefined,
  };
}

/** Where a claim's data is, or undefined when this site has no place for it. */
export function findClaim<Target>(claim: Claim, namespace: string, claims: ClaimMap<Target>): Target | undefined {
  const own = claims.get(`${namespace}/${claim.name}`);
  return own ?? (claim.storageClass === undefined ? undefined : claims.get(`storageClass:${claim.storageClass}`));
}

/** Why a pod can't have the claim here, in words for its author. @param key the name of the key that the claims are of */
export function refuseClaim(
  key: string,
  claim: Claim,
  namespace: string,
  claims: ClaimMap<unknown>,
): string | undefined {
  if (findClaim(claim, namespace, claims) !== undefined) return undefined;
  const keys = [
    `${namespace}/${claim.name}`,
    ...(claim.storageClass === undefined ? [] : [`storageClass:${claim.storageClass}`]),
  ];
  return `claim ${claim.name}: the key ${key} of this site has no entry ${keys.join(' or ')}`;
}

function isReadOnlyMany(mode: unknown): boolean {
  return mode === 'ReadOnlyMany';
}
