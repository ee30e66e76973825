import { type PodSpec, refuseSysctl, toDottedSysctl } from '@interlink/sidecar-sdk';

interface Sysctl {
  readonly name: string;
  readonly value: string;
}

/** Settings of the kernel's for the pod alone, as the engine takes them. */
export function toSysctls(spec: PodSpec): Record<string, string> {
  return Object.fromEntries(sysctlsOf(spec).map(({ name, value }) => [toDottedSysctl(name), value]));
}

/** Why the pod may not have a sysctl that it names, in the kubelet's words, or undefined. @param allowed beside the safe ones */
export function refuseSysctls(spec: PodSpec, allowed: ReadonlyArray<string>): string | undefined {
  const host = { hostNetwork: spec.hostNetwork === true, hostIPC: spec.hostIPC === true };
  for (const { name } of sysctlsOf(spec)) {
    const refusal = refuseSysctl(name, { allowed, ...host });
    if (refusal !== undefined) return `forbidden sysctl: ${refusal}`;
  }
  return undefined;
}

function sysctlsOf({ securityContext }: PodSpec): Sysctl[] {
  const { sysctls } = securityContext ?? {};
  if (!Array.isArray(sysctls)) return [];
  return sysctls.flatMap((one: Partial<Sysctl> | null) =>
    typeof one?.name === 'string' && typeof one.value === 'string' ? [{ name: one.name, value: one.value }] : [],
  );
}
