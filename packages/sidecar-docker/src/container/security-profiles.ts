import { booleanOf, type Container, type Pod, recordOf, stringOf } from '@interlink/sidecar-sdk';
import type { SitePolicy } from '../site/site-policy.ts';

/** A profile that a container asks for, of seccomp or AppArmor. */
interface Profile {
  readonly type: string;
  /** A file of the administrator's folder, or an AppArmor profile that the host has loaded. */
  readonly name: string;
}

/** How containers named their AppArmor profile before Kubernetes 1.30. */
const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';

/**
 * The engine's `SecurityOpt`: https://docs.docker.com/reference/cli/docker/container/run/#security-opt. Without a word of the pod's
 * the engine's own profiles hold.
 */
export function toSecurityOptions(container: Container, pod: Pod, { site, engine }: SitePolicy): string[] {
  const seccomp = seccompOf(container, pod);
  const appArmor = appArmorOf(container, pod);
  return [
    ...(booleanOf(container.securityContext?.allowPrivilegeEscalation) === false ? ['no-new-privileges'] : []),
    ...(seccomp?.type === 'Unconfined' ? ['seccomp=unconfined'] : []),
    ...(seccomp?.type === 'RuntimeDefault' && needsBuiltin(container, engine) ? ['seccomp=builtin'] : []),
    ...(seccomp?.type === 'Localhost' ? [`seccomp=${site.seccompProfiles.get(seccomp.name) ?? ''}`] : []),
    ...(appArmor?.type === 'Unconfined' && engine.apparmor ? ['apparmor=unconfined'] : []),
    ...(appArmor?.type === 'Localhost' ? [`apparmor=${appArmor.name}`] : []),
    ...(engine.selinux ? seLinuxLabels(container, pod) : []),
  ];
}

/** On an engine whose own profile is none, the one that it comes with has a name. A privileged container has none anywhere. */
function needsBuiltin({ securityContext }: Container, engine: SitePolicy['engine']): boolean {
  return engine.isUnconfined && booleanOf(securityContext?.privileged) !== true;
}

/** Why the container can't have the profiles that it asks for: it must not run with fewer limits than its author counts on. */
export function refuseProfiles(container: Container, pod: Pod, { site, engine }: SitePolicy): string[] {
  const seccomp = seccompOf(container, pod);
  const appArmor = appArmorOf(container, pod);
  const reasons: string[] = [];
  if (seccomp?.type === 'Localhost' && !site.seccompProfiles.has(seccomp.name)) {
    reasons.push(`seccomp profile ${JSON.stringify(seccomp.name)} is none of those in Docker.SeccompProfiles`);
  }
  if (seccomp !== undefined && seccomp.type !== 'Unconfined' && !engine.seccomp) {
    reasons.push('a seccomp profile is asked for, and the engine has no seccomp');
  }
  if (appArmor !== undefined && appArmor.type !== 'Unconfined' && !engine.apparmor) {
    reasons.push('an AppArmor profile is asked for, and AppArmor is not enabled on the host');
  }
  return reasons.map((reason) => `container ${container.name}: ${reason}`);
}

function seccompOf(container: Container, pod: Pod): Profile | undefined {
  return toProfile(container.securityContext?.seccompProfile ?? pod.spec.securityContext?.seccompProfile);
}

function appArmorOf(container: Container, { metadata, spec }: Pod): Profile | undefined {
  const own = toProfile(container.securityContext?.appArmorProfile);
  const annotated = parseAnnotation(metadata.annotations?.[`${appArmorAnnotation}${container.name}`]);
  return own ?? annotated ?? toProfile(spec.securityContext?.appArmorProfile);
}

function toProfile(value: unknown): Profile | undefined {
  const { type, localhostProfile } = recordOf(value);
  const kind = stringOf(type);
  return kind === undefined ? undefined : { type: kind, name: stringOf(localhostProfile) ?? '' };
}

function parseAnnotation(text: string | undefined): Profile | undefined {
  if (text === 'runtime/default') return { type: 'RuntimeDefault', name: '' };
  if (text === 'unconfined') return { type: 'Unconfined', name: '' };
  if (text?.startsWith('localhost/') === true) return { type: 'Localhost', name: text.slice('localhost/'.length) };
  return undefined;
}

function seLinuxLabels(container: Container, { spec }: Pod): string[] {
  const options = recordOf(container.securityContext?.seLinuxOptions ?? spec.securityContext?.seLinuxOptions);
  return ['user', 'role', 'type', 'level'].flatMap((name) => {
    const value = stringOf(options[name]) ?? '';
    return value === '' ? [] : [`label=${name}:${value}`];
  });
}
