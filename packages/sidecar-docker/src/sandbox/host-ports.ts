import type { PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';

/**
 * The pod's published ports; the sandbox has them, since the network is its. In the host's network a port is there by itself.
 * @see https://docs.docker.com/reference/api/engine/ `HostConfig.PortBindings`
 */
export function toPortBindings(spec: PodSpec): Pick<Docker.ContainerCreateOptions, 'ExposedPorts'> & {
  HostConfig: Pick<Docker.HostConfig, 'PortBindings'>;
} {
  const bindings: Record<string, Array<{ HostIp: string; HostPort: string }>> = {};
  const containers = spec.hostNetwork === true ? [] : [...(spec.initContainers ?? []), ...spec.containers];
  for (const { containerPort, hostPort = 0, hostIP = '', protocol = 'TCP' } of containers.flatMap(
    ({ ports }) => ports ?? [],
  )) {
    if (hostPort === 0) continue;
    const name = `${containerPort}/${protocol.toLowerCase()}`;
    bindings[name] = [...(bindings[name] ?? []), { HostIp: hostIP, HostPort: String(hostPort) }];
  }
  const names = Object.keys(bindings);
  if (names.length === 0) return { HostConfig: {} };
  return { ExposedPorts: Object.fromEntries(names.map((name) => [name, {}])), HostConfig: { PortBindings: bindings } };
}
