import type { MergeKeys } from '../patch/strategic-merge.ts';

type Json = Record<string, unknown>;

/**
 * A second, independent reading of the strategic merge rules, for tests: applies a patch as the API server does
 * (k8s.io/apimachinery/pkg/util/strategicpatch `mergeMap` and `mergeSlice`).
 */
export function applyStrategicMerge(target: Json, patch: Json, mergeKeys: MergeKeys, path = ''): Json {
  const result: Json = { ...target };
  for (const [field, change] of Object.entries(patch)) {
    if (field.startsWith('$')) continue;
    const fieldPath = path === '' ? field : `${path}.${field}`;
    const mergeKey = mergeKeys[fieldPath];
    if (change === null) delete result[field];
    else if (Array.isArray(change) && mergeKey !== undefined) {
      const order = patch[`$setElementOrder/${field}`] as Json[] | undefined;
      result[field] = mergeList((result[field] as Json[]) ?? [], change, mergeKey, order, mergeKeys, fieldPath);
    } else if (isObject(change) && isObject(result[field])) {
      result[field] = applyStrategicMerge(result[field], change, mergeKeys, fieldPath);
    } else result[field] = change;
  }
  for (const [field, order] of Object.entries(patch)) {
    const list = field.replace('$setElementOrder/', '');
    const mergeKey = mergeKeys[path === '' ? list : `${path}.${list}`];
    if (list === field || patch[list] !== undefined || mergeKey === undefined) continue;
    result[list] = sortBy((result[list] as Json[]) ?? [], order as Json[], mergeKey);
  }
  return result;
}

function mergeList(
  target: Json[],
  changes: Json[],
  mergeKey: string,
  order: Json[] | undefined,
  mergeKeys: MergeKeys,
  path: string,
): Json[] {
  if (changes.some((change) => change.$patch === 'replace'))
    return changes.filter((change) => change.$patch === undefined);
  let result = target;
  for (const change of changes) {
    const isSame = (element: Json) => element[mergeKey] === change[mergeKey];
    if (change.$patch === 'delete') result = result.filter((element) => !isSame(element));
    else if (result.some(isSame)) {
      result = result.map((element) =>
        isSame(element) ? applyStrategicMerge(element, change, mergeKeys, path) : element,
      );
    } else result = [...result, change];
  }
  return order === undefined ? result : sortBy(result, order, mergeKey);
}

function sortBy(list: Json[], order: Json[], mergeKey: string): Json[] {
  const rank = (element: Json) => order.findIndex((wanted) => wanted[mergeKey] === element[mergeKey]);
  return list.toSorted((a, b) => rank(a) - rank(b));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
