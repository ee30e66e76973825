import { realpath } from 'node:fs/promises';
import { InterLinkError, type Volume } from '@interlink/sidecar-sdk';
import { makeFoldersBelow } from './below.ts';
import { type ClaimMap, type ClaimNames, type ClaimTarget, expand, fixedPart } from './claim-map.ts';

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
export function findClaim(claim: Claim, namespace: string, claims: ClaimMap): ClaimTarget | undefined {
  const own = claims.get(`${namespace}/${claim.name}`);
  return own ?? (claim.storageClass === undefined ? undefined : claims.get(`storageClass:${claim.storageClass}`));
}

/** Why a pod can't have the claim here, in words for its author. */
export function refuseClaim(claim: Claim, namespace: string, claims: ClaimMap): string | undefined {
  if (findClaim(claim, namespace, claims) !== undefined) return undefined;
  const keys = [
    `${namespace}/${claim.name}`,
    ...(claim.storageClass === undefined ? [] : [`storageClass:${claim.storageClass}`]),
  ];
  return `claim ${claim.name}: the key Docker.Claims of this site has no entry ${keys.join(' or ')}`;
}

/**
 * The claim's folder, without links. What comes before the first placeholder is the administrator's and must be there; the rest is
 * made, for whoever the pod runs as.
 */
export async function makeClaimFolder(path: string, names: ClaimNames): Promise<string> {
  const given = fixedPart(path);
  const base = await realpath(given).catch(() => undefined);
  if (base === undefined) {
    throw new InterLinkError('failed_precondition', `${given}, where Docker.Claims puts the claim, does not exist`);
  }
  const made = path
    .slice(given.length)
    .split('/')
    .filter((part) => part !== '')
    .map((part) => expand(part, names));
  if (made.length === 0) return base;
  await makeFoldersBelow(base, made.slice(0, -1), { mode: 0o755 });
  const parent = [base, ...made.slice(0, -1)].join('/');
  await makeFoldersBelow(parent, made.slice(-1), { mode: 0o777 });
  return await realpath([parent, ...made.slice(-1)].join('/'));
}

function isReadOnlyMany(mode: unknown): boolean {
  return mode === 'ReadOnlyMany';
}
