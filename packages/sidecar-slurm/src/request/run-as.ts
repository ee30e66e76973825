import { type Container, idOf, type PodSpec } from '@interlink/sidecar-sdk';
import type { SiteAccounts } from '../site/slurm-site.ts';

export interface JobAccount {
  /** Whom the job runs as when that is not the sidecar's own account. */
  readonly uid: number | undefined;
  readonly problems: ReadonlyArray<string>;
  /** Users and groups that the pod asks for and does not get. */
  readonly ignored: ReadonlyArray<string>;
}

/**
 * Whom the job runs as: an account that the administrator has for the pod's `runAsUser`, else the flavor's, else the site's, else the
 * sidecar's own. One job has one account: what else containers ask for is refused, or told where IgnoreRunAsUser is true.
 */
export function toJobAccount(spec: PodSpec, accounts: SiteAccounts, flavorUid: number | undefined): JobAccount {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const users = containers.map((container) => ({ name: container.name, user: wanted(container, spec, 'runAsUser') }));
  const mapped = users.flatMap(({ user }) => (user === undefined ? [] : (accounts.mapped.get(user) ?? [])));
  const uid = mapped[0] ?? flavorUid ?? accounts.defaultUid ?? accounts.own.uid;
  const isOwn = uid === accounts.own.uid;
  const unmet = [
    ...users.flatMap(({ name, user }) => {
      if (user === undefined || user === uid || accounts.mapped.get(user) === uid) return [];
      return [`container ${name}: runAsUser is ${user}, jobs run as user ${uid}`];
    }),
    ...containers.flatMap((container) => {
      const group = wanted(container, spec, 'runAsGroup');
      // Which group a mapped account has is known to the cluster only.
      if (group === undefined || (isOwn && group === accounts.own.gid)) return [];
      const has = isOwn ? `, which is ${accounts.own.gid}` : '';
      return [`container ${container.name}: runAsGroup is ${group}, jobs have the group of user ${uid}${has}`];
    }),
  ];
  const hint = ' (IgnoreRunAsUser is false)';
  return {
    uid: isOwn ? undefined : uid,
    problems: [
      ...(accounts.ignoresRunAsUser ? [] : unmet.map((text) => `${text}${hint}`)),
      ...(uid === 0 ? refuseRoot(containers, spec) : []),
    ],
    ignored: accounts.ignoresRunAsUser ? unmet : [],
  };
}

/** The kubelet's word for it. */
function refuseRoot(containers: ReadonlyArray<Container>, spec: PodSpec): string[] {
  return containers
    .filter((container) => (container.securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) === true)
    .map(({ name }) => `container ${name} has runAsNonRoot and jobs run as root`);
}

/** A container's own word goes before the pod's. */
function wanted(container: Container, spec: PodSpec, field: 'runAsUser' | 'runAsGroup'): number | undefined {
  return idOf(container.securityContext?.[field]) ?? idOf(spec.securityContext?.[field]);
}
