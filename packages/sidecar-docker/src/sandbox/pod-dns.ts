import type { EventText, PodSpec } from '@interlink/sidecar-sdk';
import { dnsFormingFailed, missingClusterDns } from '../pods/pod-events.ts';
import type { SiteSettings } from '../site/site-settings.ts';
import type { ResolvConf } from './resolv-conf.ts';

/** The kubelet's limits: of libc for name servers, its own for the rest. */
const max = { nameservers: 3, searches: 32, searchCharacters: 2_048 } as const;

export interface PodDns {
  /** Undefined: the engine gives the pod what its host has. */
  readonly resolvConf: ResolvConf | undefined;
  readonly events: ReadonlyArray<EventText>;
}

/** How a pod finds names: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
export function toPodDns(
  spec: PodSpec,
  namespace: string,
  { host, site }: { readonly host: ResolvConf; readonly site: Pick<SiteSettings, 'clusterDns' | 'clusterDomain'> },
): PodDns {
  const { base, isFallback } = toBase(spec, namespace, { host, site });
  const own = spec.dnsConfig ?? {};
  const events = isFallback ? [missingClusterDns] : [];
  if (base === host && spec.dnsConfig === undefined) return { resolvConf: undefined, events };
  const whole: ResolvConf = {
    nameservers: distinct([...base.nameservers, ...(own.nameservers ?? [])]),
    searches: distinct([...base.searches, ...(own.searches ?? [])]),
    options: mergeOptions(base.options, own.options ?? []),
  };
  const { resolvConf, problems } = limit(whole);
  return { resolvConf, events: [...events, ...problems.map(dnsFormingFailed)] };
}

/** What the policy gives, before the pod's own dnsConfig. */
function toBase(
  { dnsPolicy = 'ClusterFirst', hostNetwork }: PodSpec,
  namespace: string,
  { host, site: { clusterDns, clusterDomain } }: Parameters<typeof toPodDns>[2],
): { base: ResolvConf; isFallback: boolean } {
  if (dnsPolicy === 'None') return { base: { nameservers: [], searches: [], options: [] }, isFallback: false };
  const isOfCluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true);
  if (!isOfCluster || clusterDns.length === 0) return { base: host, isFallback: isOfCluster };
  const searches = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain, ...host.searches];
  return { base: { nameservers: clusterDns, searches, options: ['ndots:5'] }, isFallback: false };
}

/** An option of the pod's replaces one of the same name. */
function mergeOptions(
  base: ReadonlyArray<string>,
  own: ReadonlyArray<{ readonly name?: string; readonly value?: string }>,
): string[] {
  const options = new Map(base.map((option) => [option.split(':')[0] ?? '', option]));
  for (const { name = '', value } of own) {
    options.set(name, value === undefined || value === '' ? name : `${name}:${value}`);
  }
  return [...options.values()];
}

function limit(whole: ResolvConf): { resolvConf: ResolvConf; problems: string[] } {
  const nameservers = whole.nameservers.slice(0, max.nameservers);
  const searches: string[] = [];
  for (const search of whole.searches.slice(0, max.searches)) {
    if ([...searches, search].join(' ').length > max.searchCharacters) break;
    searches.push(search);
  }
  const problems: string[] = [];
  if (nameservers.length < whole.nameservers.length) {
    problems.push(
      `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${nameservers.join(' ')}`,
    );
  }
  if (searches.length < whole.searches.length) {
    problems.push(
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${searches.join(' ')}`,
    );
  }
  return { resolvConf: { nameservers, searches, options: whole.options }, problems };
}

function distinct(values: ReadonlyArray<string>): string[] {
  return [...new Set(values)];
}
