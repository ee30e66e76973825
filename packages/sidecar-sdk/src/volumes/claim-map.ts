import { isAbsolute } from 'node:path';
import { InterLinkError } from '@interlink/protocol';
import { isPlain } from './host-path-policy.ts';

/** By `namespace/claim`, and by `storageClass:NAME` for all claims of the class that have no entry of their own. */
export type ClaimMap<Target> = ReadonlyMap<string, Target>;

/** One kind of place where claims can have their data. */
export interface ClaimKind<Target> {
  /** The only member of an entry of this kind: `path`. */
  readonly member: string;
  /** @returns undefined when the text, which may have placeholders, is no such place */
  read(text: string): Target | undefined;
  /** Why it is none, as the end of a message. */
  readonly wrong: string;
}

/** A folder, with placeholders. */
export interface ClaimFolder {
  readonly path: string;
}

export const claimFolders: ClaimKind<ClaimFolder> = {
  member: 'path',
  read: (text) => {
    const beginsFixed = text !== '/' && text.split('/')[1]?.includes('{') === false;
    return isAbsolute(text) && isPlain(text) && beginsFixed ? { path: text } : undefined;
  },
  wrong: "is no absolute path that begins with a folder's name",
};

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const keyPattern = new RegExp(`^(${label}/${subdomain}|storageClass:${subdomain})$`);
const placeholders = ['{namespace}', '{claim}', '{volume}'];

/**
 * Reads a key such as Docker.Claims.
 * @param name the key's, for messages
 * @throws InterLinkError `invalid_argument` that names the entry and what is wanted
 */
export function parseClaims<Target>(
  name: string,
  value: Readonly<Record<string, unknown>> | undefined,
  kinds: ReadonlyArray<ClaimKind<Target>>,
): ClaimMap<Target> {
  const entries = Object.entries(value ?? {});
  return new Map(
    entries.map(([key, entry]) => [
      key,
      parseEntry(entry, { key, kinds, place: `${name} has ${JSON.stringify(key)}` }),
    ]),
  );
}

interface Entry<Target> {
  readonly key: string;
  readonly place: string;
  readonly kinds: ReadonlyArray<ClaimKind<Target>>;
}

function parseEntry<Target>(entry: unknown, { key, place, kinds }: Entry<Target>): Target {
  if (!keyPattern.test(key)) throw invalid(`${place}: namespace/claim or storageClass:NAME is wanted`);
  const [[member, text] = ['', undefined], ...more] =
    typeof entry === 'object' && entry !== null ? Object.entries(entry) : [];
  const kind = kinds.find((candidate) => candidate.member === member);
  if (kind === undefined || more.length > 0 || typeof text !== 'string') {
    const forms = kinds.map((one) => `{ ${one.member}: … }`);
    const isNone = forms.length === 1 ? `is not ${forms[0]}` : `is neither ${forms.join(' nor ')}`;
    throw invalid(`${place}: ${JSON.stringify(entry)} ${isNone}`);
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
  const target = kind.read(text);
  if (target === undefined) throw invalid(`${place}: ${member} ${JSON.stringify(text)} ${kind.wrong}`);
  return target;
}

export interface ClaimNames {
  readonly namespace: string;
  readonly claim: string;
  /** The volume's name in the pod. */
  readonly volume: string;
}

/** Puts names, which are checked, in the place of the placeholders. */
export function expandClaim(text: string, names: ClaimNames): string {
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
