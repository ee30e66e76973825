import { InterLinkError, type Owner, parseOwner } from '@interlink/protocol';
import { streamVerbs } from '../config/access-keys.ts';

export type StreamVerb = (typeof streamVerbs)[number];

/** What changes nothing and may be granted alone. */
export const readVerbs = ['capabilities', 'list', 'watch', 'log', 'stats', 'rendering'] as const;
export type ReadVerb = (typeof readVerbs)[number];

/** What a request wants. `other` is what this release does not know: a change, to be on the safe side. */
export type Verb =
  | ReadVerb
  | StreamVerb
  | 'create'
  | 'update'
  | 'updateVolumes'
  | 'delete'
  | 'kubeconfig'
  | 'render'
  | 'other';

/** A request as policies and audits see it. */
export interface Access {
  readonly owner: Owner;
  readonly verb: Verb;
  readonly uid?: string | undefined;
  readonly container?: string | undefined;
  /** The pool of the route that it takes, if that has one. */
  readonly pool?: string | undefined;
}

export function isReadVerb(verb: Verb): verb is ReadVerb {
  return (readVerbs as ReadonlyArray<Verb>).includes(verb);
}

export function isStreamVerb(verb: Verb): verb is StreamVerb {
  return (streamVerbs as ReadonlyArray<Verb>).includes(verb);
}

/** All that names in the protocol's paths are made of: nothing that anybody behind could read as another path. */
const plainPath = /^(\/[A-Za-z0-9._~-]+)+$/;

/**
 * The path of a URL, if everybody reads it the same way: no percent-encoding, no `.` or `..`, no empty parts.
 * @throws InterLinkError `invalid_argument`
 */
export function plainPathOf(url: string): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  if (plainPath.test(path) && !path.split('/').some((part) => part === '.' || part === '..')) return path;
  throw new InterLinkError('invalid_argument', 'The path has letters, or parts, that no path of the protocol has');
}

const ownerPrefix = /^\/v2\/clusters\/([^/]+)\/nodes\/([^/]+)\/(.+)$/;

/** Under an owner: the path, and what each method wants there. */
const verbsOf: ReadonlyArray<readonly [RegExp, Readonly<Record<string, Verb>>]> = [
  [/^capabilities$/, { GET: 'capabilities' }],
  [/^stats$/, { GET: 'stats' }],
  [/^render$/, { POST: 'render' }],
  [/^pods$/, { GET: 'list' }],
  [/^pods\/(?<uid>[^/]+)$/, { PUT: 'create', PATCH: 'update', DELETE: 'delete' }],
  [/^pods\/(?<uid>[^/]+)\/volumes$/, { PATCH: 'updateVolumes' }],
  [/^pods\/(?<uid>[^/]+)\/rendering$/, { GET: 'rendering' }],
  [/^pods\/(?<uid>[^/]+)\/kubeconfig$/, { PUT: 'kubeconfig' }],
  [/^pods\/(?<uid>[^/]+)\/containers\/(?<container>[^/]+)\/log$/, { GET: 'log' }],
  [/^pods\/(?<uid>[^/]+)\/containers\/(?<container>[^/]+)\/exec$/, { GET: 'exec' }],
  [/^pods\/(?<uid>[^/]+)\/containers\/(?<container>[^/]+)\/attach$/, { GET: 'attach' }],
  [/^pods\/(?<uid>[^/]+)\/portforward$/, { GET: 'portforward' }],
];

/** What a request under `/v2/clusters/{cluster}/nodes/{node}` wants, by its method and its path alone. @throws InterLinkError `invalid_argument` */
export function readAccess(method: string, url: string): Access {
  const [, cluster, node, rest = ''] = ownerPrefix.exec(plainPathOf(url)) ?? [];
  const owner = parseOwner({ cluster, node });
  for (const [path, verbs] of verbsOf) {
    const found = path.exec(rest);
    if (found === null) continue;
    const verb = verbs[method === 'HEAD' ? 'GET' : method] ?? 'other';
    const { uid, container } = found.groups ?? {};
    return { owner, verb: verb === 'list' && isWatch(url) ? 'watch' : verb, uid, container };
  }
  return { owner, verb: 'other' };
}

function isWatch(url: string): boolean {
  const at = url.indexOf('?');
  return at !== -1 && new URLSearchParams(url.slice(at)).get('watch') === 'true';
}
