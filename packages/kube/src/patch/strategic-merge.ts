/**
 * Two-way strategic merge patches, for objects of which we hold the server's copy and the copy that we want.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
import { isDeepStrictEqual } from 'node:util';

/**
 * Which lists are merged by element, and by which field: paths from the root, dotted, as in `status.conditions`. All other lists
 * are replaced as a whole.
 */
export type MergeKeys = Readonly<Record<string, string>>;

type Json = Record<string, unknown>;

/**
 * The patch that turns `before` into `after` on a server that has `before`, or `before` with other writers' changes elsewhere.
 * A field that is undefined counts as absent. In a list with a merge key, only elements that changed are sent, with
 * `$setElementOrder` where order matters; if two elements share a key, the whole list is sent with `$patch: replace`.
 * @returns undefined when there is nothing to change.
 */
export function twoWayMergePatch(before: object, after: object, mergeKeys: MergeKeys): object | undefined {
  const patch = diffObject(before as Json, after as Json, mergeKeys, '');
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function diffObject(before: Json, after: Json, mergeKeys: MergeKeys, path: string): Json {
  const patch: Json = {};
  for (const [field, was] of Object.entries(before)) {
    if (isSet(was) && !isSet(after[field])) patch[field] = null;
  }
  for (const [field, wanted] of Object.entries(after)) {
    if (!isSet(wanted)) continue;
    const was = before[field];
    const fieldPath = path === '' ? field : `${path}.${field}`;
    const mergeKey = mergeKeys[fieldPath];
    if (!isSet(was))
      patch[field] = mergeKey !== undefined && isObjectList(wanted) ? wholeList(wanted, mergeKey) : wanted;
    else if (isObject(was) && isObject(wanted)) {
      const inner = diffObject(was, wanted, mergeKeys, fieldPath);
      if (Object.keys(inner).length > 0) patch[field] = inner;
    } else if (mergeKey !== undefined && isObjectList(was) && isObjectList(wanted)) {
      diffKeyedList(patch, field, { was, wanted, mergeKey, mergeKeys, path: fieldPath });
    } else if (!isDeepStrictEqual(compact(was), compact(wanted))) patch[field] = wanted;
  }
  return patch;
}

interface KeyedLists {
  was: Json[];
  wanted: Json[];
  mergeKey: string;
  mergeKeys: MergeKeys;
  path: string;
}

function diffKeyedList(patch: Json, field: string, lists: KeyedLists): void {
  const { was, wanted, mergeKey, mergeKeys, path } = lists;
  if (isDeepStrictEqual(compact(was), compact(wanted))) return;
  const wasByKey = new Map(was.map((element) => [element[mergeKey], element]));
  const wantedKeys = new Set(wanted.map((element) => element[mergeKey]));
  if (hasSharedKeys(was, mergeKey) || hasSharedKeys(wanted, mergeKey)) {
    patch[field] = [...wanted, { $patch: 'replace' }];
    return;
  }
  const changes: Json[] = [];
  for (const element of wanted) {
    const key = element[mergeKey];
    const known = wasByKey.get(key);
    const change = known === undefined ? element : diffObject(known, element, mergeKeys, path);
    if (known === undefined || Object.keys(change).length > 0) changes.push({ ...change, [mergeKey]: key });
  }
  for (const key of wasByKey.keys()) if (!wantedKeys.has(key)) changes.push({ $patch: 'delete', [mergeKey]: key });
  if (changes.length > 0) patch[field] = changes;
  if (orderAfterMerge(wasByKey, wantedKeys) !== JSON.stringify([...wantedKeys])) {
    patch[`$setElementOrder/${field}`] = [...wantedKeys].map((key) => ({ [mergeKey]: key }));
  }
}

function hasSharedKeys(list: Json[], mergeKey: string): boolean {
  return new Set(list.map((element) => element[mergeKey])).size < list.length;
}

/** A list that the server does not have, or that another writer added meanwhile. */
function wholeList(wanted: Json[], mergeKey: string): Json[] {
  return hasSharedKeys(wanted, mergeKey) ? [...wanted, { $patch: 'replace' }] : wanted;
}

/** The order in which a server without `$setElementOrder` would leave the keys: its own first, then the new ones. */
function orderAfterMerge(wasByKey: Map<unknown, Json>, wantedKeys: Set<unknown>): string {
  const kept = [...wasByKey.keys()].filter((key) => wantedKeys.has(key));
  const added = [...wantedKeys].filter((key) => !wasByKey.has(key));
  return JSON.stringify([...kept, ...added]);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObjectList(value: unknown): value is Json[] {
  return Array.isArray(value) && value.every(isObject);
}

/** What JSON would carry of a value: fields that are undefined are gone. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => isSet(inner))
      .map(([field, inner]) => [field, compact(inner)]),
  );
}
