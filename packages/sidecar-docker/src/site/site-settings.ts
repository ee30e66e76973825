import { isIP } from 'node:net';
import { type InterLinkConfig, InterLinkError, parseImageReference, sysctlNamespace } from '@interlink/sidecar-sdk';
import { type AnnouncedResources, parseResources } from './announced-resources.ts';
import { loadSeccompProfiles } from './seccomp-profiles.ts';

/** What the administrator lets pods have, and what they are given: the sidecar's configuration, checked. */
export interface SiteSettings {
  readonly allowsPrivileged: boolean;
  readonly allowsHostNamespaces: boolean;
  /** Names, or beginnings of names with a star after them. */
  readonly unsafeSysctls: ReadonlyArray<string>;
  /** Annotations with power over the engine that pods may bear. */
  readonly podAnnotations: ReadonlySet<string>;
  /** Of the cluster's name servers; none: pods get the host's. */
  readonly clusterDns: ReadonlyArray<string>;
  readonly clusterDomain: string;
  /** Undefined: the sidecar's own. */
  readonly sandboxImage: string | undefined;
  /** Seccomp profiles as JSON, by their path in the administrator's folder. */
  readonly seccompProfiles: ReadonlyMap<string, string>;
  /** Of one container; undefined: the engine's own limit. */
  readonly pidsLimit: number | undefined;
  /** Announced instead of what the host has, or beside it. */
  readonly resources: AnnouncedResources;
}

/** Before an administrator has said anything. */
export const closedSite: SiteSettings = {
  allowsPrivileged: false,
  allowsHostNamespaces: false,
  unsafeSysctls: [],
  podAnnotations: new Set(),
  clusterDns: [],
  clusterDomain: 'cluster.local',
  sandboxImage: undefined,
  seccompProfiles: new Map(),
  pidsLimit: undefined,
  resources: {},
};

/** @throws InterLinkError `invalid_argument` that names each key whose value will not do */
export async function loadSiteSettings(config: InterLinkConfig): Promise<SiteSettings> {
  const settings = parseSiteSettings(config);
  const folder = config['Docker.SeccompProfiles'];
  return folder === undefined ? settings : { ...settings, seccompProfiles: await loadSeccompProfiles(folder) };
}

/** All but what is in files. @throws InterLinkError `invalid_argument` */
export function parseSiteSettings(config: InterLinkConfig): SiteSettings {
  const problems: string[] = [];
  const unsafeSysctls = words(config['Docker.AllowedUnsafeSysctls']);
  for (const name of unsafeSysctls) {
    if (sysctlNamespace(name) !== undefined) continue;
    problems.push(
      `Docker.AllowedUnsafeSysctls names ${JSON.stringify(name)}: one that the kernel keeps for each pod is wanted (net.*, kernel.shm*, kernel.msg*, kernel.sem, fs.mqueue.*)`,
    );
  }
  const clusterDns = words(config.ClusterDNS);
  for (const address of clusterDns) {
    if (isIP(address) === 0) problems.push(`ClusterDNS names ${JSON.stringify(address)}: IP addresses are wanted`);
  }
  const clusterDomain = config.ClusterDomain ?? closedSite.clusterDomain;
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(clusterDomain)) {
    problems.push(`ClusterDomain is ${JSON.stringify(clusterDomain)}: a domain such as cluster.local is wanted`);
  }
  const sandboxImage = config['Docker.SandboxImage'];
  if (sandboxImage !== undefined && parseImageReference(sandboxImage) === undefined) {
    problems.push(`Docker.SandboxImage is ${JSON.stringify(sandboxImage)}: the name of an image is wanted`);
  }
  const pidsLimit = config['Docker.PidsLimit'];
  if (pidsLimit !== undefined && pidsLimit < 1) {
    problems.push(`Docker.PidsLimit is ${pidsLimit}: a number of processes is wanted`);
  }
  const resources = parseResources(config['Docker.Resources'], problems);
  if (problems.length > 0) {
    throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
  }
  return {
    allowsPrivileged: config['Docker.AllowPrivileged'] === true,
    allowsHostNamespaces: config['Docker.AllowHostNamespaces'] === true,
    unsafeSysctls,
    podAnnotations: new Set((config['Policy.AllowPodAnnotations'] ?? []).map(String)),
    clusterDns,
    clusterDomain,
    sandboxImage,
    seccompProfiles: closedSite.seccompProfiles,
    pidsLimit,
    resources,
  };
}

function words(list: string | undefined): string[] {
  return (list ?? '').split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
}
