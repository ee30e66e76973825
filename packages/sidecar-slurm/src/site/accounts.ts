import type { InterLinkConfig } from '@interlink/sidecar-sdk';
import type { SiteProcess } from './load-slurm-site.ts';
import type { SiteAccounts } from './slurm-site.ts';

/**
 * Why jobs can't have an account: root could submit for others (`sbatch --uid`), but a job has to read its pod's folder and to write there,
 * which is the sidecar's alone, and `squeue --me` shows the sidecar its own jobs only.
 * Root is refused where it is the sidecar's own account as well: nobody gets it because a setting says so.
 */
export function refuseAccount(place: string, uid: number, ownUid: number): string[] {
  if (uid === ownUid && uid !== 0) return [];
  const advice =
    uid === 0
      ? 'a setting that makes it root is refused: leave it out'
      : `jobs of other accounts are not supported yet: run the sidecar as account ${uid}`;
  return [`${place} is ${uid}: jobs run as the account of the sidecar, which is ${ownUid}; ${advice}`];
}

/** Reads DefaultUID, Slurm.Users and IgnoreRunAsUser. What is wrong is added to `problems`. */
export function loadAccounts(
  config: Pick<InterLinkConfig, 'DefaultUID' | 'Slurm.Users' | 'IgnoreRunAsUser'>,
  { uid, gid }: Pick<SiteProcess, 'uid' | 'gid'>,
  problems: string[],
): SiteAccounts {
  if (config.DefaultUID !== undefined) problems.push(...refuseAccount('DefaultUID', config.DefaultUID, uid));
  const users = parseUsers(config['Slurm.Users'], uid, problems);
  return { own: { uid, gid }, users, ignoresRunAsUser: config.IgnoreRunAsUser };
}

function parseUsers(
  value: Readonly<Record<string, unknown>> | undefined,
  ownUid: number,
  problems: string[],
): ReadonlySet<number> {
  const users = new Set<number>();
  for (const [user, account] of Object.entries(value ?? {})) {
    if (/^\d{1,10}$/.test(user) && typeof account === 'number') {
      users.add(Number(user));
      problems.push(...refuseAccount(`Slurm.Users.${user}`, account, ownUid));
    } else {
      problems.push(
        `Slurm.Users has ${JSON.stringify(account)} for ${JSON.stringify(user)}: numbers of users are wanted`,
      );
    }
  }
  return users;
}
