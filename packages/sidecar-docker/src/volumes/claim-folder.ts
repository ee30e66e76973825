import { realpath } from 'node:fs/promises';
import { type ClaimNames, expandClaim, fixedPart, InterLinkError } from '@interlink/sidecar-sdk';
import { makeFoldersBelow } from './below.ts';

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
    .map((part) => expandClaim(part, names));
  if (made.length === 0) return base;
  await makeFoldersBelow(base, made.slice(0, -1), { mode: 0o755 });
  const parent = [base, ...made.slice(0, -1)].join('/');
  await makeFoldersBelow(parent, made.slice(-1), { mode: 0o777 });
  return await realpath([parent, ...made.slice(-1)].join('/'));
}
