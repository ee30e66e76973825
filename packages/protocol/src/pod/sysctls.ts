/** The kubelet's: namespaced and without effect on other pods (https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/). */
const safeSysctls: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

/** Those that the kernel keeps for each IPC or network namespace; all others are the machine's. */
const namespaces: ReadonlyArray<readonly [prefix: string, namespace: 'ipc' | 'net']> = [
  ['kernel.shm', 'ipc'],
  ['kernel.msg', 'ipc'],
  ['kernel.sem', 'ipc'],
  ['fs.mqueue.', 'ipc'],
  ['net.', 'net'],
];

export interface SysctlContext {
  /** Names of unsafe ones that the administrator allows; a star at the end stands for any rest. */
  readonly allowed: ReadonlyArray<string>;
  readonly hostNetwork: boolean;
  readonly hostIPC: boolean;
}

/** Why a pod may not set the sysctl, in the kubelet's words, or undefined. @param given in either spelling, with dots or with slashes */
export function refuseSysctl(given: string, { allowed, hostNetwork, hostIPC }: SysctlContext): string | undefined {
  const name = toDottedSysctl(given);
  const namespace = sysctlNamespace(name);
  const isListed = safeSysctls.has(name) || allowed.some((pattern) => matches(name, pattern));
  if (namespace === undefined || !isListed) return `"${name}" not allowlisted`;
  const isHosts = namespace === 'ipc' ? hostIPC : hostNetwork;
  return isHosts ? `"${name}" not allowed with host ${namespace} enabled` : undefined;
}

/** Undefined for one that a pod can't have for itself. */
export function sysctlNamespace(name: string): 'ipc' | 'net' | undefined {
  return namespaces.find(([prefix]) => name.startsWith(prefix))?.[1];
}

/** `net/ipv4/conf/eth0.100/x` is `net.ipv4.conf.eth0/100.x`: whichever comes first is the separator. */
export function toDottedSysctl(name: string): string {
  const separator = /[./]/.exec(name)?.[0];
  if (separator !== '/') return name;
  return name.replaceAll(/[./]/g, (character) => (character === '/' ? '.' : '/'));
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
