import type { PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';

/** The sandbox's: what the pod's containers will join. */
export function sandboxNamespaces({ hostNetwork, hostIPC }: PodSpec): Partial<Docker.HostConfig> {
  return {
    ...(hostNetwork === true ? { NetworkMode: 'host' } : {}),
    IpcMode: hostIPC === true ? 'host' : 'shareable',
  };
}

/**
 * A container's. The engine gives one that joins a sandbox's network its host name, /etc/hosts and resolv.conf, too.
 * @param target the container at the engine whose processes an ephemeral container is to see
 */
export function containerNamespaces(
  { hostIPC, hostPID, shareProcessNamespace }: PodSpec,
  sandboxId: string,
  target: string | undefined,
): Partial<Docker.HostConfig> {
  const sandbox = `container:${sandboxId}`;
  const own = target === undefined ? {} : { PidMode: `container:${target}` };
  return {
    NetworkMode: sandbox,
    IpcMode: hostIPC === true ? 'host' : sandbox,
    ...(hostPID === true ? { PidMode: 'host' } : shareProcessNamespace === true ? { PidMode: sandbox } : own),
  };
}
