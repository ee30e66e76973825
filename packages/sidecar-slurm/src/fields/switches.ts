import { type Field, switched } from '@interlink/sidecar-sdk';
import type { SlurmSite } from '../site/slurm-site.ts';

/** A user or a group that the job may not have: `request/run-as.ts` refuses it, or tells of it. */
export function unlessIgnored(path: string, values: string): Field<SlurmSite> {
  const needs = { needs: 'IgnoreRunAsUser', isAllowed: (site: SlurmSite) => site.accounts.ignoresRunAsUser };
  return { ...switched(path, needs, { values }, 'then with a Warning event'), isToldElsewhere: true };
}
