import { apiVersionOf, type Kind } from '../kinds/kind.ts';
import { kinds } from '../kinds/kinds.ts';
import type { Json } from '../object.ts';

export const discoveryType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** Subresources besides `status`. */
const subresources: Readonly<Record<string, ReadonlyArray<string>>> = {
  pods: ['attach', 'binding', 'exec', 'log', 'portforward'],
  serviceaccounts: ['token'],
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
  const responseKind = { group, version, kind };
  const names = [...(hasStatus === true ? ['status'] : []), ...(subresources[plural] ?? [])];
  return {
    ...{ resource: plural, singularResource: kind.toLowerCase(), shortNames, verbs, responseKind },
    ...{ scope: namespaced ? 'Namespaced' : 'Cluster', categories: inAll === true ? ['all'] : [] },
    subresources: names.map((subresource) => ({ subresource, responseKind, verbs: ['create', 'get', 'patch'] })),
  };
}
