import { type Container, idOf, type PodSpec } from '@interlink/sidecar-sdk';
import type { SiteAccounts } from '../site/slurm-site.ts';

/** What a pod asks for that its job, which runs as the account of the sidecar, does not give. */
export interface RunAs {
  readonly problems: ReadonlyArray<string>;
  /** Users and groups that the pod asks for and does not get. */
  readonly ignored: ReadonlyArray<string>;
}

/**
 * Compares the users and groups of containers with the account of the sidecar, which all jobs have: another is refused, or told where
 * IgnoreRunAsUser is true, unless the administrator has it run as that account.
 */
export function examineRunAs(spec: PodSpec, { own, users, ignoresRunAsUser }: SiteAccounts): RunAs {
  const { uid, gid } = own;
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const unmet = [
    ...containers.flatMap((container) => {
      const user = wanted(container, spec, 'runAsUser');
      if (user === undefined || user === uid || users.has(user)) return [];
      return [`container ${container.name}: runAsUser is ${user}, jobs run as user ${uid}`];
    }),
    ...containers.flatMap((container) => {
      const group = wanted(container, spec, 'runAsGroup');
      if (group === undefined || group === gid) return [];
      return [
        `container ${container.name}: runAsGroup is ${group}, jobs have the group of user ${uid}, which is ${gid}`,
      ];
    }),
  ];
  const hint = ' (IgnoreRunAsUser is false)';
  return {
    problems: [
      ...(ignoresRunAsUser ? [] : unmet.map((text) => `${text}${hint}`)),
      ...(uid === 0 ? refuseRoot(containers, spec) : []),
    ],
    ignored: ignoresRunAsUser ? unmet : [],
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
