export type Json = Record<string, unknown>;

const mergeKeys: Readonly<Record<string, string>> = {
  '.status.conditions': 'type',
  '.status.podIPs': 'ip',
  '.status.hostIPs': 'ip',
  '.status.addresses': 'type',
};

/** The object with a strategic merge patch on it, without what no patch of ours holds. */
export function mergeStrategically(before: Json, patch: Json): Json {
  return merge(before, patch, '');
}

function merge(before: Json, patch: Json, path: string): Json {
  const after = { ...before };
  for (const [field, value] of Object.entries(patch)) {
    const mergeKey = mergeKeys[`${path}.${field}`];
    const was = after[field];
    if (field.startsWith('$')) continue;
    if (value === null) delete after[field];
    else if (mergeKey !== undefined && Array.isArray(value)) after[field] = mergeList(was as Json[], value, mergeKey);
    else if (isMap(value)) after[field] = merge(isMap(was) ? was : {}, value, `${path}.${field}`);
    else after[field] = value;
  }
  return after;
}

function mergeList(before: Json[] = [], changes: Json[], key: string): Json[] {
  const byKey = new Map(before.map((element) => [element[key], element]));
  for (const change of changes) {
    if (change.$patch === 'delete') byKey.delete(change[key]);
    else byKey.set(change[key], merge(byKey.get(change[key]) ?? {}, change, ''));
  }
  return [...byKey.values()];
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
