import {
  type ClaimFolder,
  type ClaimKind,
  type ClaimMap,
  claimFolders,
  expandClaim,
  parseClaims,
} from '@interlink/sidecar-sdk';

/** Where a claim of Docker.Claims has its data: a folder of the host, or a volume that the engine has, or makes at the first use. */
export type ClaimTarget = ClaimFolder | { readonly dockerVolume: string };

const dockerVolumes: ClaimKind<ClaimTarget> = {
  member: 'dockerVolume',
  read: (text) => {
    const name = expandClaim(text, { namespace: 'n', claim: 'c', volume: 'v' });
    return /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) ? { dockerVolume: text } : undefined;
  },
  wrong: "can't be the name of a Docker volume",
};

/** Reads the key Docker.Claims. @throws InterLinkError `invalid_argument` */
export function parseDockerClaims(value: Readonly<Record<string, unknown>> | undefined): ClaimMap<ClaimTarget> {
  return parseClaims('Docker.Claims', value, [claimFolders, dockerVolumes]);
}
