import { isAbsolute } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';
import { isPlain } from './host-path-policy.ts';

/** Where the claims that an entry of Docker.Claims is about have their data. */
export type ClaimTarget =
  /** A folder of the host, with placeholders. */
  | { readonly path: string }
  /** A volume that the engine has, or makes at the first use; its name may have placeholders. */
  | { readonly dockerVolume: string };

/** By `namespace/claim`, and by `storageClass:NAME` for all claims of the class that have no entry of their own. */
export type ClaimMap = ReadonlyMap<string, ClaimTarget>;

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const keyPattern = new RegExp(`^(${label}/${subdomain}|storageClass:${subdomain})$`);
const placeholders = ['{namespace}', '{claim}', '{volume}'];

/**
 * Reads the key Docker.Claims.
 * @throws InterLinkError `invalid_argument` that names the entry and what is wanted
 */
export function parseClaims(value: Readonly<Record<string, unknown>> | undefined): ClaimMap {
  return new Map(Object.entries(value ?? {}).map(([key, entry]) => [key, parseEntry(key, entry)]));
}

function parseEntry(key: string, entry: unknown): ClaimTarget {
  const place = `Docker.Claims has ${JSON.stringify(key)}`;
  if (!keyPattern.test(key)) throw invalid(`${place}: namespace/claim or storageClass:NAME is wanted`);
  const members: Readonly<Record<string, unknown>> = typeof entry === 'object' && entry !== null ? { ...entry } : {};
  const { path, dockerVolume } = members;
  const [name = '', ...more] = Object.keys(members);
  const text = typeof path === 'string' ? path : dockerVolume;
  if (more.length > 0 || !['path', 'dockerVolume'].includes(name) || typeof text !== 'string') {
    throw invalid(`${place}: ${JSON.stringify(entry)} is neither { path: … } nor { dockerVolume: … }`);
  }
  const unknown = /\{[^}]*\}?/g.exec(placeholders.reduce((rest, known) => rest.replaceAll(known, ''), text))?.[0];
  if (unknown !== undefined) {
    throw invalid(`${place}: ${unknown} in ${JSON.stringify(text)} is none of ${placeholders.join(', ')}`);
  }
  // Names have "-" and "." in them: `{namespace}-{claim}` would be the same for a-b/c and a/b-c.
  if (/\}[^/_{]*\{/.test(text)) {
    throw invalid(`${place}: ${JSON.stringify(text)} needs "/" or "_" between two placeholders`);
  }
  if (key.startsWith('storageClass:') && !(text.includes('{namespace}') && text.includes('{claim}'))) {
    throw invalid(`${place}: ${JSON.stringify(text)} needs {namespace} and {claim}, or claims would share it`);
  }
  if (name === 'path') {
    if (!isAbsolute(text) || !isPlain(text) || text.split('/')[1]?.includes('{') !== false || text === '/') {
      throw invalid(`${place}: path ${JSON.stringify(text)} is no absolute path that begins with a folder's name`);
    }
    return { path: text };
  }
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(expand(text, { namespace: 'n', claim: 'c', volume: 'v' }))) {
    throw invalid(`${place}: ${JSON.stringify(text)} can't be the name of a Docker volume`);
  }
  return { dockerVolume: text };
}

export interface ClaimNames {
  readonly namespace: string;
  readonly claim: string;
  /** The volume's name in the pod. */
  readonly volume: string;
}

/** Puts names, which are checked, in the place of the placeholders. */
export function expand(text: string, names: ClaimNames): string {
  return text.replace(/\{(namespace|claim|volume)\}/g, (_, name: keyof ClaimNames) => names[name]);
}

/** What of a path comes before its first part with a placeholder: the administrator's own. */
export function fixedPart(path: string): string {
  const parts = path.split('/');
  const first = parts.findIndex((part) => part.includes('{'));
  return parts.slice(0, first === -1 ? undefined : first).join('/');
}

function invalid(message: string): InterLinkError {
  return new InterLinkError('invalid_argument', message);
}
