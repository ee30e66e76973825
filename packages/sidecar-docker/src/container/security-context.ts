import { booleanOf, type Container, idOf, type PodSpec } from '@interlink/sidecar-sdk';

/** Who a container's processes are. */
export interface SecuritySettings {
  readonly user: number | undefined;
  readonly group: number | undefined;
  readonly mustNotBeRoot: boolean;
}

/** The user that the pod asks for; a container's own word goes before the pod's. */
export function toSecuritySettings(container: Container, pod: PodSpec): SecuritySettings {
  const own = container.securityContext ?? {};
  const shared = pod.securityContext ?? {};
  return {
    user: idOf(own.runAsUser) ?? idOf(shared.runAsUser),
    group: idOf(own.runAsGroup) ?? idOf(shared.runAsGroup),
    mustNotBeRoot: (booleanOf(own.runAsNonRoot) ?? booleanOf(shared.runAsNonRoot)) === true,
  };
}

/**
 * `uid:gid` as the engine wants it. Empty: the image's own user. @param imageUser the image's `USER`, who has a group that is asked
 * for without a user
 */
export function renderUser({ user, group }: SecuritySettings, imageUser: string): string {
  if (user === undefined && group === undefined) return '';
  // Without a group the engine looks the user up in the image, and takes 0 when it is not there: as the kubelet does.
  if (group === undefined) return `${user}`;
  return `${user ?? (imageUser.split(':')[0] || '0')}:${group}`;
}

/**
 * Why the container may not be created although its image is there, in the kubelet's words, or undefined.
 * @param imageUser the image's `USER`
 */
export function refuseRoot({ user, mustNotBeRoot }: SecuritySettings, imageUser: string): string | undefined {
  if (!mustNotBeRoot) return undefined;
  if (user !== undefined) return user === 0 ? "container's runAsUser breaks non-root policy" : undefined;
  const name = imageUser.split(':')[0] ?? '';
  if (name === '' || name === '0' || name === 'root') return 'container has runAsNonRoot and image will run as root';
  if (/^\d+$/.test(name)) return undefined;
  return `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root`;
}

/**
 * Why the pod can't have exactly the groups that it asks for, or undefined. The engine adds those that the image's /etc/group has for
 * the user, unless it is told of a group by number.
 */
export function refuseStrictGroups(container: Container, pod: PodSpec): string | undefined {
  if (pod.securityContext?.supplementalGroupsPolicy !== 'Strict') return undefined;
  if (toSecuritySettings(container, pod).group !== undefined) return undefined;
  return `container ${container.name}: supplementalGroupsPolicy Strict can be had only with runAsGroup`;
}

/** Beside the user's own group; `fsGroup` among them: files of volumes belong to it. */
export function supplementalGroups(pod: PodSpec): number[] {
  const { supplementalGroups: groups } = pod.securityContext ?? {};
  const listed = Array.isArray(groups) ? groups.flatMap((group) => idOf(group) ?? []) : [];
  const fsGroup = toFsGroup(pod);
  return [...new Set([...listed, ...(fsGroup === undefined ? [] : [fsGroup])])];
}

/** The group that the pod's volumes belong to. */
export function toFsGroup(pod: PodSpec): number | undefined {
  return idOf(pod.securityContext?.fsGroup);
}
