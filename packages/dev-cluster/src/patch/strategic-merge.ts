import { asJson, isJson, type Json } from '../object.ts';

/**
 * Lists that are merged by element, and by which field (the `patchMergeKey` of k8s.io/api). Field names are enough: no two lists of one
 * name differ, but for `ports`, where containers' have a `containerPort`. All other lists are replaced as a whole.
 */
const mergeKeys: Readonly<Record<string, ReadonlyArray<string>>> = {
  addresses: ['type'],
  conditions: ['type'],
  containers: ['name'],
  env: ['name'],
  ephemeralContainers: ['name'],
  hostAliases: ['ip'],
  hostIPs: ['ip'],
  imagePullSecrets: ['name'],
  initContainers: ['name'],
  ownerReferences: ['uid'],
  podIPs: ['ip'],
  ports: ['containerPort', 'port'],
  resourceClaims: ['name'],
  schedulingGates: ['name'],
  secrets: ['name'],
  topologySpreadConstraints: ['topologyKey'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};
/** Lists of plain values that are merged: a value is in them once. */
const mergedSets = ['finalizers'];

/**
 * Applies a strategic merge patch as the API server does (k8s.io/apimachinery/pkg/util/strategicpatch, `mergeMap`), with its
 * directives `$patch`, `$setElementOrder`, `$deleteFromPrimitiveList` and `$retainKeys`.
 */
export function applyStrategicMerge(target: Json, patch: Json): Json {
  const { $retainKeys: kept } = patch;
  const fields = Object.entries(patch).filter(([field]) => !field.startsWith('$'));
  if (patch.$patch === 'replace') return Object.fromEntries(fields);
  const result = Object.fromEntries(
    Object.entries(target).filter(([field]) => !Array.isArray(kept) || kept.includes(field)),
  );
  for (const [directive, values] of Object.entries(patch)) {
    const [name, field = ''] = directive.split('/');
    const list = result[field];
    if (!Array.isArray(list) || !Array.isArray(values)) continue;
    if (name === '$deleteFromPrimitiveList') result[field] = list.filter((value) => !values.includes(value));
    if (name === '$setElementOrder') result[field] = mergeList(list, [], field, values);
  }
  for (const [field, change] of fields) {
    if (change === null) delete result[field];
    else if (Array.isArray(change)) {
      result[field] = mergeList(result[field], change, field, patch[`$setElementOrder/${field}`]);
    } else if (isJson(change)) result[field] = applyStrategicMerge(asJson(result[field]), change);
    else result[field] = change;
  }
  return result;
}

function mergeList(was: unknown, changes: unknown[], field: string, order: unknown): unknown[] {
  const before = Array.isArray(was) ? was : [];
  if (mergedSets.includes(field)) return sorted([...new Set([...before, ...changes])], order, (value) => value);
  const elements = [...before, ...changes];
  const key = mergeKeys[field]?.find((name) => elements.some((element) => asJson(element)[name] !== undefined));
  if (key === undefined) return changes.length === 0 ? before : changes;
  if (changes.some((change) => asJson(change).$patch === 'replace')) {
    return changes.filter((change) => asJson(change).$patch === undefined);
  }
  let result = before.map(asJson);
  for (const change of changes.map(asJson)) {
    const known = result.find((element) => element[key] === change[key]);
    if (change.$patch === 'delete') result = result.filter((element) => element !== known);
    else if (known === undefined) result = [...result, applyStrategicMerge({}, change)];
    else result = result.with(result.indexOf(known), applyStrategicMerge(known, change));
  }
  return sorted(result, order, (element) => asJson(element)[key]);
}

/** Elements that the order names stand in that order, before all others. */
function sorted(list: unknown[], order: unknown, keyOf: (element: unknown) => unknown): unknown[] {
  if (!Array.isArray(order)) return list;
  const wanted = order.map(keyOf);
  const rank = (element: unknown) => {
    const at = wanted.indexOf(keyOf(element));
    return at === -1 ? wanted.length : at;
  };
  return list.toSorted((a, b) => rank(a) - rank(b));
}
