import type { Container, PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';

/** What is read of a security context, of a container or of its pod; other members are the schema's to pass through. */
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
    user: integer(own.runAsUser) ?? integer(shared.runAsUser),
    group: integer(own.runAsGroup) ?? integer(shared.runAsGroup),
    mustNotBeRoot: (boolean(own.runAsNonRoot) ?? boolean(shared.runAsNonRoot)) === true,
  };
}

/** `uid:gid` as the engine wants it. Empty: the image's own user. A group without a user is one of root's. */
export function renderUser({ user, group }: SecuritySettings): string {
  if (user === undefined && group === undefined) return '';
  // Without a group the engine looks the user up in the image, and takes 0 when it is not there: as the kubelet does.
  return group === undefined ? `${user}` : `${user ?? 0}:${group}`;
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

/** Capabilities, privilege escalation and the root file system. */
export function toEngineSecurity(container: Container, pod: PodSpec): Partial<Docker.HostConfig> {
  const own = container.securityContext ?? {};
  const { add, drop } = record(own.capabilities);
  return {
    ReadonlyRootfs: boolean(own.readOnlyRootFilesystem) === true,
    CapAdd: strings(add),
    CapDrop: strings(drop),
    SecurityOpt: boolean(own.allowPrivilegeEscalation) === false ? ['no-new-privileges'] : [],
    GroupAdd: supplementalGroups(pod).map(String),
  };
}

/** `fsGroup` among them: files of volumes belong to it. */
function supplementalGroups(pod: PodSpec): number[] {
  const { supplementalGroups: groups } = pod.securityContext ?? {};
  const listed = Array.isArray(groups) ? groups.flatMap((group) => integer(group) ?? []) : [];
  const fsGroup = toFsGroup(pod);
  return [...new Set([...listed, ...(fsGroup === undefined ? [] : [fsGroup])])];
}

/** The group that the pod's volumes belong to. */
export function toFsGroup(pod: PodSpec): number | undefined {
  return integer(pod.securityContext?.fsGroup);
}

/** Settings that would open the host, and that this release has no administrator's switch for, by their paths in the spec. */
export function refusedSettings(pod: PodSpec): string[] {
  const refused: string[] = [];
  for (const name of ['hostNetwork', 'hostPID', 'hostIPC'] as const)
    if (pod[name] === true) refused.push(`spec.${name}`);
  const { sysctls } = pod.securityContext ?? {};
  if (Array.isArray(sysctls) && sysctls.length > 0) refused.push('spec.securityContext.sysctls');
  for (const key of ['initContainers', 'containers'] as const) {
    for (const [index, container] of (pod[key] ?? []).entries()) {
      const { privileged } = container.securityContext ?? {};
      if (privileged === true) refused.push(`spec.${key}[${index}].securityContext.privileged`);
    }
  }
  return refused;
}

function integer(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
