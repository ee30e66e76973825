import type { Pod } from '@interlink/kube';
import { refuseSysctl } from '@interlink/protocol';
import { matchesNode, type SelectableNode } from './node-affinity.ts';
import type { Rejection } from './room.ts';

/** A pod for another operating system than the node's (`linux`). */
export function refuseOperatingSystem({ spec }: Pod, operatingSystem: string): Rejection | undefined {
  if (spec?.os === undefined || spec.os.name === operatingSystem) return undefined;
  return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
}

/** Sysctls that could be felt by other pods, or by the machine. @param allowed what the backend allows beside the safe ones */
export function refuseSysctls({ spec }: Pod, allowed: ReadonlyArray<string>): Rejection | undefined {
  const host = { hostNetwork: spec?.hostNetwork === true, hostIPC: spec?.hostIPC === true };
  for (const { name } of spec?.securityContext?.sysctls ?? []) {
    const trouble = refuseSysctl(name, { allowed, ...host });
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
