import { readFile } from 'node:fs/promises';
import type { EventText, PodSpec } from '@interlink/sidecar-sdk';
import type { SitePolicy } from '../site/site-policy.ts';
import { toPodDns } from './pod-dns.ts';
import type { EtcFiles } from './pod-etc.ts';
import { toPodHostname } from './pod-hostname.ts';
import { readHostResolvConf } from './resolv-conf.ts';

/** All that a pod's sandbox is made from, beside its spec. */
export interface SandboxPlan {
  /** DataRootFolder, the same path for the engine. */
  readonly root: string;
  /** Undefined: the sidecar's own. */
  readonly image: string | undefined;
  readonly etc: EtcFiles;
  /** What the pod's author should know. */
  readonly events: ReadonlyArray<EventText>;
}

/** Looks at this machine's own name servers, and at its /etc/hosts for a pod that shares its network. */
export async function planSandbox(
  spec: PodSpec,
  pod: { readonly name: string; readonly namespace: string },
  { root, policy: { site } }: { readonly root: string; readonly policy: Pick<SitePolicy, 'site'> },
): Promise<SandboxPlan> {
  const { resolvConf, events } = toPodDns(spec, pod.namespace, { host: await readHostResolvConf(), site });
  const hostsOwn = spec.hostNetwork === true ? await readFile('/etc/hosts', 'utf8') : undefined;
  const aliases = (spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => ({ ip, hostnames }));
  const hosts = { ...toPodHostname(spec, pod, site.clusterDomain), aliases, hostsOwn };
  return {
    root,
    image: site.sandboxImage,
    etc: { hosts, resolvConf },
    events,
  };
}
