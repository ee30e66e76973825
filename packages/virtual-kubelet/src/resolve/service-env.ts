import { isIPv6 } from 'node:net';
import type { Service } from '@interlink/kube';

/**
 * The variables that tell a container where services are, as the kubelet makes them
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables; k8s.io/kubernetes/pkg/kubelet/envvars).
 * Services without a cluster IP have none.
 */
export function serviceEnv(services: Iterable<Service>): Map<string, string> {
  const env = new Map<string, string>();
  for (const { metadata, spec } of services) {
    const { clusterIP = '', ports = [] } = spec ?? {};
    const [first] = ports;
    if (clusterIP === '' || clusterIP === 'None' || first === undefined) continue;
    const prefix = toEnvName(metadata?.name ?? '');
    env.set(`${prefix}_SERVICE_HOST`, clusterIP);
    env.set(`${prefix}_SERVICE_PORT`, String(first.port));
    for (const { name = '', port } of ports) {
      if (name !== '') env.set(`${prefix}_SERVICE_PORT_${toEnvName(name)}`, String(port));
    }
    for (const { port, protocol = 'TCP' } of ports) {
      const url = `${protocol.toLowerCase()}://${isIPv6(clusterIP) ? `[${clusterIP}]` : clusterIP}:${port}`;
      const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
      // The first port has a name without its number.
      if (!env.has(`${prefix}_PORT`)) env.set(`${prefix}_PORT`, url);
      env.set(link, url);
      env.set(`${link}_PROTO`, protocol.toLowerCase());
      env.set(`${link}_PORT`, String(port));
      env.set(`${link}_ADDR`, clusterIP);
    }
  }
  return env;
}

function toEnvName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
