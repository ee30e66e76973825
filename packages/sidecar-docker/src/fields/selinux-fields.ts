import { type Field, ignored, stringOf, switched } from '@interlink/sidecar-sdk';
import type { SitePolicy } from '../site/site-policy.ts';
import { privileged } from './switches.ts';

/** Types that no PodSecurity level below "privileged" knows: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline */
const confinedTypes: ReadonlyArray<string> = [
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
];
const isSaid = (value: unknown): boolean => (stringOf(value) ?? '') !== '';

/** Rows of SELinux options below a security context. */
export function seLinux(context: string): Field<SitePolicy>[] {
  const path = `${context}.seLinuxOptions`;
  return [
    ignored(`${path}.level`, 'the engine does not use SELinux', {
      concerns: (value, { policy }) => isSaid(value) && !policy.engine.selinux,
      values: 'where the engine does not use SELinux',
    }),
    switched(`${path}.role`, privileged, { concerns: isSaid, values: 'any' }),
    switched(`${path}.type`, privileged, {
      concerns: (value) => !confinedTypes.includes(stringOf(value) ?? ''),
      values: `all but ${confinedTypes
        .filter((type) => type !== '')
        .map((type) => `\`${type}\``)
        .join(', ')}`,
    }),
    switched(`${path}.user`, privileged, { concerns: isSaid, values: 'any' }),
  ];
}
