import type { Pod } from '@interlink/kube';
import { matchesNode, type SelectableNode } from './node-affinity.ts';
import type { Rejection } from './room.ts';

/** The kubelet's: namespaced and without effect on other pods (https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/). */
const safeSysctls: Readonly<Record<string, 'ipc' | 'net'>> = {
  'kernel.shm_rmid_forced': 'ipc',
  'net.ipv4.ip_local_port_range': 'net',
  'net.ipv4.tcp_syncookies': 'net',
  'net.ipv4.ping_group_range': 'net',
  'net.ipv4.ip_unprivileged_port_start': 'net',
  'net.ipv4.ip_local_reserved_ports': 'net',
  'net.ipv4.tcp_keepalive_time': 'net',
  'net.ipv4.tcp_fin_timeout': 'net',
  'net.ipv4.tcp_keepalive_intvl': 'net',
  'net.ipv4.tcp_keepalive_probes': 'net',
  'net.ipv4.tcp_rmem': 'net',
  'net.ipv4.tcp_wmem': 'net',
};

/** A pod for another operating system than the node's (`linux`). */
export function refuseOperatingSystem({ spec }: Pod, operatingSystem: string): Rejection | undefined {
  if (spec?.os === undefined || spec.os.name === operatingSystem) return undefined;
  return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
}

/** Sysctls that could be felt by other pods, or by the machine. */
export function refuseSysctls({ spec }: Pod): Rejection | undefined {
  for (const { name } of spec?.securityContext?.sysctls ?? []) {
    const trouble = sysctlTrouble(withDots(name), spec?.hostNetwork === true, spec?.hostIPC === true);
    if (trouble !== undefined) return { reason: 'SysctlForbidden', message: `forbidden sysctl: ${trouble}` };
  }
  return undefined;
}

/** A pod that a node selector or a required affinity keeps from this node. */
export function refuseNodeAffinity(pod: Pod, node: SelectableNode): Rejection | undefined {
  if (matchesNode(pod, node)) return undefined;
  const message = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
  return { reason: 'NodeAffinity', message };
}

function sysctlTrouble(name: string, hostNetwork: boolean, hostIPC: boolean): string | undefined {
  const namespace = Object.hasOwn(safeSysctls, name) ? safeSysctls[name] : undefined;
  if (namespace === undefined) return `"${name}" not allowlisted`;
  const isHosts = namespace === 'ipc' ? hostIPC : hostNetwork;
  return isHosts ? `"${name}" not allowed with host ${namespace} enabled` : undefined;
}

/** `net/ipv4/conf/eth0.100/x` is `net.ipv4.conf.eth0/100.x`: whichever comes first is the separator. */
function withDots(name: string): string {
  const separator = /[./]/.exec(name)?.[0];
  if (separator !== '/') return name;
  return name.replaceAll(/[./]/g, (character) => (character === '/' ? '.' : '/'));
}
