import { apiVersionOf, type Kind } from '../kinds/kind.ts';
import { kinds } from '../kinds/kinds.ts';
import type { Json } from '../object.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const coreVersions = { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
const aggregated = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {} };
const subresources: Readonly<Record<string, ReadonlyArray<[name: string, kind: string, verbs: string[]]>>> = {
  pods: [
    ...[['binding', 'Binding', ['create']] as [string, string, string[]], ['log', 'Pod', ['get']] as never],
    ...['attach', 'exec', 'portforward'].map((name): [string, string, string[]] => [name, 'Pod', ['create', 'get']]),
  ],
  serviceaccounts: [['token', 'TokenRequest', ['create']]],
};

/** Whether a client takes all groups in one answer (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery). */
export function wantsAggregated(accept: string): boolean {
  return accept.includes('as=APIGroupDiscoveryList') && accept.includes('v=v2;');
}

/** What there is, for a path that asks for that; undefined for any other path. */
export function discover(path: string, isAggregated: boolean): Json | undefined {
  const groups = [...new Set(kinds.map(({ group }) => group))];
  if (path === '/api') return isAggregated ? { ...aggregated, items: [aggregatedGroup('')] } : coreVersions;
  if (path === '/apis') {
    const named = groups.filter((group) => group !== '');
    if (isAggregated) return { ...aggregated, items: named.map(aggregatedGroup) };
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupOf) };
  }
  const group = groups.find((each) => each !== '' && path === `/apis/${each}`);
  if (group !== undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) };
  const ofVersion = kinds.filter((kind) => path === pathOf(kind));
  return ofVersion.length === 0 ? undefined : resourceList(ofVersion);
}

/** `/api/v1`, `/apis/coordination.k8s.io/v1`. */
export function pathOf(kind: Kind): string {
  return `/${kind.group === '' ? 'api' : 'apis'}/${apiVersionOf(kind)}`;
}

function groupOf(group: string): Json {
  const versions = [...new Set(kinds.filter((kind) => kind.group === group).map(({ version }) => version))].map(
    (version) => ({ groupVersion: `${group}/${version}`, version }),
  );
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceList(ofVersion: Kind[]): Json {
  const resources = ofVersion.flatMap((kind) => {
    const { namespaced, plural, shortNames = [], inAll } = kind;
    const own = { name: plural, singularName: kind.kind.toLowerCase(), namespaced, kind: kind.kind, verbs };
    const subs = subresourcesOf(kind).map(([name, subKind, subVerbs]) => ({
      ...{ name: `${plural}/${name}`, singularName: '', namespaced, kind: subKind, verbs: subVerbs },
    }));
    return [{ ...own, shortNames, ...(inAll === true ? { categories: ['all'] } : {}) }, ...subs];
  });
  const groupVersion = ofVersion[0] === undefined ? '' : apiVersionOf(ofVersion[0]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function aggregatedGroup(group: string): Json {
  const resources = kinds
    .filter((kind) => kind.group === group)
    .map((kind) => ({
      ...{ resource: kind.plural, singularResource: kind.kind.toLowerCase(), shortNames: kind.shortNames ?? [], verbs },
      ...{
        scope: kind.namespaced ? 'Namespaced' : 'Cluster',
        responseKind: { group, version: kind.version, kind: kind.kind },
      },
      categories: kind.inAll === true ? ['all'] : [],
      subresources: subresourcesOf(kind).map(([subresource, subKind, subVerbs]) => ({
        ...{ subresource, responseKind: { group: '', version: 'v1', kind: subKind }, verbs: subVerbs },
      })),
    }));
  const metadata = group === '' ? {} : { name: group };
  return { metadata, versions: [{ version: 'v1', resources, freshness: 'Current' }] };
}

function subresourcesOf({ kind, plural, hasStatus }: Kind): ReadonlyArray<[string, string, string[]]> {
  const status: [string, string, string[]] = ['status', kind, ['get', 'patch', 'update']];
  return [...(hasStatus === true ? [status] : []), ...(subresources[plural] ?? [])];
}
