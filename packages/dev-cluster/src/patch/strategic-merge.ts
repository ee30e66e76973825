import { isJson, type Json } from '../object.ts';

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
  if (patch.$patch === 'replace') return withoutDirectives(patch);
  if (patch.$patch === 'delete') return {};
  const kept = Array.isArray(patch.$retainKeys) ? patch.$retainKeys : undefined;
  const result: Json = kept === undefined ? { ...target } : pick(target, kept);
  for (const [field, change] of Object.entries(withoutDirectives(patch))) {
    if (change === null) delete result[field];
    else if (Array.isArray(change)) result[field] = mergeList(result[field], change, field, patch);
    else if (isJson(change)) result[field] = applyStrategicMerge(asJson(result[field]), change);
    else result[field] = change;
  }
  for (const directive of Object.keys(patch)) {
    const [name, field = ''] = directive.split('/');
    if (name === '$deleteFromPrimitiveList') result[field] = without(result[field], patch[directive]);
    if (name === '$setElementOrder' && patch[field] === undefined && Array.isArray(result[field])) {
      result[field] = mergeList(result[field], [], field, patch);
    }
  }
  return result;
}

function mergeList(was: unknown, changes: unknown[], field: string, patch: Json): unknown[] {
  const before = Array.isArray(was) ? was : [];
  const order = patch[`$setElementOrder/${field}`];
  if (mergedSets.includes(field)) return sorted([...new Set([...before, ...changes])], order, (value) => value);
  const elements = [...before, ...changes];
  const key = mergeKeys[field]?.find((name) => elements.some((element) => asJson(element)[name] !== undefined));
  if (key === undefined || !elements.every(isJson)) return changes.map(cleaned);
  if (changes.some((change) => asJson(change).$patch === 'replace' && asJson(change)[key] === undefined)) {
    return changes.filter((change) => asJson(change).$patch === undefined);
  }
  let result: Json[] = before.filter(isJson);
  for (const change of changes.filter(isJson)) {
    const index = result.findIndex((element) => element[key] === change[key]);
    if (change.$patch === 'delete') result = result.filter((element) => element[key] !== change[key]);
    else if (index === -1) result = [...result, applyStrategicMerge({}, change)];
    else result = result.with(index, applyStrategicMerge(asJson(result[index]), change));
  }
  return sorted(result, order, (element) => asJson(element)[key], key);
}

/** Elements that the order names stand in that order; others keep their place after what stood before them. */
function sorted(list: unknown[], order: unknown, keyOf: (element: unknown) => unknown, key?: string): unknown[] {
  if (!Array.isArray(order)) return list;
  const wanted = order.map((element) => (key === undefined ? element : asJson(element)[key]));
  const rank = (element: unknown) => {
    const at = wanted.indexOf(keyOf(element));
    return at === -1 ? wanted.length : at;
  };
  return list.toSorted((a, b) => rank(a) - rank(b));
}

function withoutDirectives(patch: Json): Json {
  return Object.fromEntries(Object.entries(patch).filter(([field]) => !field.startsWith('$')));
}

function cleaned(value: unknown): unknown {
  return isJson(value) ? applyStrategicMerge({}, value) : value;
}

function pick(target: Json, fields: unknown[]): Json {
  return Object.fromEntries(Object.entries(target).filter(([field]) => fields.includes(field)));
}

function without(list: unknown, values: unknown): unknown {
  return Array.isArray(list) && Array.isArray(values) ? list.filter((value) => !values.includes(value)) : list;
}

function asJson(value: unknown): Json {
  return isJson(value) ? value : {};
}
