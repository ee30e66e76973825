import { booleanOf, type Container, recordOf, stringsOf } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';

/**
 * Those of the kernel that are not confined to a container's namespaces: whoever has one can get the whole host, its clock, or its
 * disk (capabilities(7); DAC_READ_SEARCH opens files of the host by handle).
 */
const hostCapabilities: ReadonlySet<string> = new Set([
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'PERFMON',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_TIME',
  'SYSLOG',
]);

/** True for one that reaches past the container, in any spelling that the engine takes: `SYS_ADMIN`, `cap_sys_admin`. */
export function isHostCapability(name: string): boolean {
  return hostCapabilities.has(name.toUpperCase().replace(/^CAP_/, ''));
}

/** Capabilities, and privileges altogether. */
export function toEngineCapabilities({ securityContext }: Container): Partial<Docker.HostConfig> {
  const { privileged, capabilities } = recordOf(securityContext);
  const { add, drop } = recordOf(capabilities);
  return {
    CapAdd: stringsOf(add),
    CapDrop: stringsOf(drop),
    ...(booleanOf(privileged) === true ? { Privileged: true } : {}),
  };
}
