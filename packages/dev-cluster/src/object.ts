/** A JSON object as it is on the wire. */
export type Json = Record<string, unknown>;

export interface Metadata {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
}

/** An object of the store. What is stored is never changed: a change is a new object. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec?: Json;
  status?: Json;
  [field: string]: unknown;
}

/** What a path of dots leads to, such as `spec.nodeName`. */
export function fieldAt(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, field) => (isJson(at) ? at[field] : undefined), object);
}

/** As {@link fieldAt}, for lists of objects; what is no list is an empty one. */
export function listAt(object: unknown, path: string): Json[] {
  const found = fieldAt(object, path);
  return Array.isArray(found) ? found.filter(isJson) : [];
}

/** As {@link fieldAt}, as text; what is absent is ''. */
export function textAt(object: unknown, path: string): string {
  const found = fieldAt(object, path);
  return found === undefined || found === null ? '' : String(found);
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The status of a condition, '' when it is not there. */
export function conditionOf(object: KubeObject, type: string): string {
  const found = listAt(object, 'status.conditions').find((condition) => condition.type === type);
  return textAt(found, 'status');
}

/** The object with this condition among its others. */
export function withCondition(object: KubeObject, condition: Json): KubeObject {
  const others = listAt(object, 'status.conditions').filter(({ type }) => type !== condition.type);
  const times = { lastProbeTime: null, lastTransitionTime: timestamp() };
  return { ...object, status: { ...object.status, conditions: [...others, { ...condition, ...times }] } };
}

/** A value when it is an object, else an empty one. */
export function asJson(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** Now, as Kubernetes writes times: whole seconds. */
export function timestamp(ms: number = Date.now()): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
