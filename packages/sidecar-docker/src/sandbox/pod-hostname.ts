import type { PodSpec } from '@interlink/sidecar-sdk';

/** What a pod is called inside. */
export interface PodHostname {
  /** As `hostname` prints it. */
  readonly hostname: string;
  /** As `hostname -f` prints it; undefined without a subdomain. */
  readonly fqdn: string | undefined;
}

/** The longest host name that Linux has, and the longest that Kubernetes gives. */
const maxFqdn = 64;
const maxHostname = 63;

/**
 * The kubelet's `GeneratePodHostNameAndDomain`
 * (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-hostname-and-subdomain-field).
 */
export function toPodHostname(
  spec: PodSpec,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  clusterDomain: string,
): PodHostname {
  if (spec.hostnameOverride !== undefined) return { hostname: spec.hostnameOverride, fqdn: undefined };
  const short = spec.hostname === undefined || spec.hostname === '' ? cut(name) : spec.hostname;
  const { subdomain = '' } = spec;
  const fqdn = subdomain === '' ? undefined : `${short}.${subdomain}.${namespace}.svc.${clusterDomain}`;
  const isFull = spec.setHostnameAsFQDN === true && fqdn !== undefined;
  return { hostname: isFull ? fqdn : short, fqdn };
}

/** Why the pod can't have the host name that it asks for, or undefined. */
export function refuseHostname(
  spec: PodSpec,
  pod: { readonly name: string; readonly namespace: string },
  clusterDomain: string,
): string | undefined {
  const { hostname } = toPodHostname(spec, pod, clusterDomain);
  if (hostname.length <= maxFqdn) return undefined;
  return `its host name would be ${hostname} (setHostnameAsFQDN), which is longer than ${maxFqdn} characters`;
}

function cut(name: string): string {
  return name.slice(0, maxHostname).replace(/[-.]+$/, '');
}
