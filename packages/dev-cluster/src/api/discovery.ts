import { apiVersionOf, type Kind } from '../kinds/kind.ts';
import { kinds } from '../kinds/kinds.ts';
import type { Json } from '../object.ts';

export const discoveryType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const core = { group: '', version: 'v1' };

/** Subresources besides `status`. */
const subresources: Readonly<Record<string, ReadonlyArray<readonly [name: string, kind: string, verb: string]>>> = {
  pods: [
    ...([
      ['binding', 'Binding', 'create'],
      ['log', 'Pod', 'get'],
    ] as const),
    ...([
      ['attach', 'Pod', 'create'],
      ['exec', 'Pod', 'create'],
      ['portforward', 'Pod', 'create'],
    ] as const),
  ],
  serviceaccounts: [['token', 'TokenRequest', 'create']],
};

/**
 * What there is, for a path that asks for that, in the one form that kubectl has asked for since 1.27
 * (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery); undefined for any other path.
 */
export function discover(path: string): Json | undefined {
  if (path !== '/api' && path !== '/apis') return undefined;
  const groups = [...new Set(kinds.map(({ group }) => group))].filter((group) => (group === '') === (path === '/api'));
  const head = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {} };
  return { ...head, items: groups.map(groupOf) };
}

/** `/api/v1`, `/apis/coordination.k8s.io/v1`. */
export function pathOf(kind: Kind): string {
  return `/${kind.group === '' ? 'api' : 'apis'}/${apiVersionOf(kind)}`;
}

function groupOf(group: string): Json {
  const resources = kinds.filter((kind) => kind.group === group).map(resourceOf);
  const versions = [{ version: 'v1', resources, freshness: 'Current' }];
  return { metadata: group === '' ? {} : { name: group }, versions };
}

function resourceOf({ group, version, kind, plural, shortNames = [], namespaced, inAll, hasStatus }: Kind): Json {
  const status = hasStatus === true ? ([['status', kind, 'patch']] as const) : [];
  return {
    ...{
      resource: plural,
      singularResource: kind.toLowerCase(),
      shortNames,
      verbs,
      responseKind: { group, version, kind },
    },
    ...{ scope: namespaced ? 'Namespaced' : 'Cluster', categories: inAll === true ? ['all'] : [] },
    subresources: [...status, ...(subresources[plural] ?? [])].map(([subresource, subKind, verb]) => ({
      ...{ subresource, responseKind: { ...core, kind: subKind }, verbs: [verb] },
    })),
  };
}
