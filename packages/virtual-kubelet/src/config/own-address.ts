import { networkInterfaces } from 'node:os';

/**
 * The address at which the Kubernetes API reaches the kubelet port: `$POD_IP`, `$VKUBELET_POD_IP`, else this machine's first
 * address that is not loopback, else 127.0.0.1.
 */
export function ownAddress(env: NodeJS.ProcessEnv): string {
  const named = env.POD_IP ?? env.VKUBELET_POD_IP;
  if (named !== undefined && named !== '') return named;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

/** The host of the API server's URL, an IPv6 address without its brackets. */
export function apiServerAddress({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
