/** Extra lines of `spec.hostAliases`. */
export interface HostAlias {
  readonly ip: string;
  readonly hostnames: ReadonlyArray<string>;
}

/** What a pod's /etc/hosts is made from; all of it is known before the pod has an address. */
export interface HostsFile {
  readonly hostname: string;
  readonly fqdn?: string | undefined;
  readonly aliases: ReadonlyArray<HostAlias>;
  /** Of a pod in the host's network: the host's own file. */
  readonly hostsOwn?: string | undefined;
}

const loopback = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`;

/**
 * /etc/hosts in the kubelet's own words
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go `managedHostsFileContent`).
 * @param ip undefined before the pod has one
 */
export function renderHostsFile({ hostname, fqdn, aliases, hostsOwn }: HostsFile, ip: string | undefined): string {
  if (hostsOwn !== undefined) {
    return `# Kubernetes-managed hosts file (host network).\n${hostsOwn}${renderAliases(aliases)}`;
  }
  const names = fqdn === undefined || fqdn === hostname ? hostname : `${fqdn}\t${hostname}`;
  const own = ip === undefined ? '' : `${ip}\t${names}\n`;
  return `# Kubernetes-managed hosts file.\n${loopback}${own}${renderAliases(aliases)}`;
}

function renderAliases(aliases: ReadonlyArray<HostAlias>): string {
  if (aliases.length === 0) return '';
  const lines = aliases.map(({ ip, hostnames }) => `${ip}\t${hostnames.join('\t')}\n`);
  return `\n# Entries added by HostAliases.\n${lines.join('')}`;
}
