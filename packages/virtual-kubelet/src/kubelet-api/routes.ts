import type { AccessCheck } from './authorize.ts';

export type RouteName =
  | 'healthz'
  | 'pods'
  | 'runningPods'
  | 'containerLogs'
  | 'exec'
  | 'attach'
  | 'portForward'
  | 'run'
  | MetricsRoute;

/** What is told of the node and of this process, rather than done to a pod. */
export type MetricsRoute =
  | 'summary'
  | 'metrics'
  | 'metricsResource'
  | 'metricsCadvisor'
  | 'metricsProbes'
  | 'metricsSlis'
  | 'configz';

/** Where a request goes. The names in the path are decoded; `uid` is only in the long forms. */
export interface Route {
  name: RouteName;
  methods: readonly string[];
  names: Readonly<Record<string, string>>;
}

const pod = '/(?<namespace>[^/]+)/(?<pod>[^/]+)';
const podAndContainer = `${pod}(/(?<uid>[^/]+))?/(?<container>[^/]+)`;

/** The kubelet's endpoints (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/server/server.go); what is not here is 404. */
const table: readonly { name: RouteName; methods: readonly string[]; path: RegExp }[] = [
  { name: 'healthz', methods: ['GET'], path: /^\/healthz(\/(ping|log|syncloop))?$/ },
  { name: 'pods', methods: ['GET'], path: /^\/pods\/?$/ },
  { name: 'runningPods', methods: ['GET'], path: /^\/runningpods\/?$/ },
  { name: 'containerLogs', methods: ['GET'], path: new RegExp(`^/containerLogs${pod}/(?<container>[^/]+)$`) },
  { name: 'exec', methods: ['GET', 'POST'], path: new RegExp(`^/exec${podAndContainer}$`) },
  { name: 'attach', methods: ['GET', 'POST'], path: new RegExp(`^/attach${podAndContainer}$`) },
  { name: 'portForward', methods: ['GET', 'POST'], path: new RegExp(`^/portForward${pod}(/(?<uid>[^/]+))?$`) },
  { name: 'summary', methods: ['GET', 'POST'], path: /^\/stats\/summary\/?$/ },
  { name: 'metrics', methods: ['GET'], path: /^\/metrics\/?$/ },
  { name: 'metricsResource', methods: ['GET'], path: /^\/metrics\/resource\/?$/ },
  { name: 'metricsCadvisor', methods: ['GET'], path: /^\/metrics\/cadvisor\/?$/ },
  { name: 'metricsProbes', methods: ['GET'], path: /^\/metrics\/probes\/?$/ },
  { name: 'metricsSlis', methods: ['GET'], path: /^\/metrics\/slis\/?$/ },
  { name: 'configz', methods: ['GET'], path: /^\/configz\/?$/ },
  { name: 'run', methods: ['POST'], path: new RegExp(`^/run${podAndContainer}$`) },
];

/** Finds the route of a path as it is in the request line (without query). @returns undefined when there is none */
export function findRoute(path: string): Route | undefined {
  for (const { name, methods, path: pattern } of table) {
    const match = pattern.exec(path);
    if (match === null) continue;
    try {
      const names = Object.entries(match.groups ?? {}).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, decodeURIComponent(value)] as const],
      );
      return { name, methods, names: Object.fromEntries(names) };
    } catch {
      return undefined;
    }
  }
  return undefined;
}

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Subresources of a node by path, any one of which will do; all other paths need `proxy`. */
const subresources: readonly (readonly [prefix: string, subresources: readonly string[]])[] = [
  ['/stats', ['stats']],
  ['/metrics', ['metrics']],
  ['/logs', ['log']],
  ['/checkpoint', ['checkpoint']],
  ['/pods', ['pods', 'proxy']],
  ['/runningpods', ['pods', 'proxy']],
  ['/healthz', ['healthz', 'proxy']],
  ['/configz', ['configz', 'proxy']],
  ['/statusz', ['statusz', 'proxy']],
  ['/flagz', ['flagz', 'proxy']],
];

/**
 * What the sender of a request must be allowed
 * (https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/#kubelet-authorization).
 * Running something in a container needs `create` besides: over WebSocket it comes as a GET, which must not be enough.
 */
export function requiredAccess(method: string, path: string): AccessCheck[] {
  const [, needed = ['proxy']] = subresources.find(([prefix]) => isBelow(prefix, path)) ?? [];
  const checks = [{ verb: verbs[method] ?? method.toLowerCase(), subresources: needed }];
  const runsSomething = ['/exec', '/attach', '/portForward', '/run'].some((prefix) => isBelow(prefix, path));
  if (runsSomething && method !== 'POST') checks.push({ verb: 'create', subresources: ['proxy'] });
  return checks;
}

function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}
