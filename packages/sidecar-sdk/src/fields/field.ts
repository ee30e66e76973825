import type { PodSpec } from '@interlink/protocol';

/**
 * What becomes of a field of a pod's spec:
 * `supported` here; `elsewhere`: done before the pod comes here, by the scheduler, the API server or the virtual kubelet;
 * `switched`: refused unless the administrator allows it; `refused`: keeps the pod Pending; `ignored`: told by a Warning event.
 */
export type Support = 'supported' | 'elsewhere' | 'switched' | 'refused' | 'ignored';

/** One row of a backend's table of fields. `Policy` is what the backend knows of its site. */
export interface Field<Policy> {
  /** Kubernetes' own, below `spec`; `[]` for each element. Ephemeral and init containers are as `containers[]`. */
  readonly path: string;
  readonly support: Support;
  /** For people. Of what is refused or ignored: why, as the end of a sentence. */
  readonly note: string;
  /** The key of the configuration that allows it. */
  readonly needs?: string;
  /** Whether it is set so. */
  isAllowed?(policy: Policy): boolean;
  /** Which values are refused or ignored; default: all that say something. */
  concerns?(value: unknown, context: FieldContext<Policy>): boolean;
  /** `concerns` in words, for the table. */
  readonly values?: string;
  /** What it has below it, by paths from here: anything else is not known. Undefined: all that is there is taken. */
  readonly members?: ReadonlyArray<Field<Policy>>;
  /** Another check refuses it, in words of its own. */
  readonly isToldElsewhere?: boolean;
}

export interface FieldContext<Policy> {
  readonly policy: Policy;
  /** What the field is a member of. */
  readonly parent: Readonly<Record<string, unknown>>;
  /** The pod's, whole. */
  readonly spec: PodSpec;
}

export type Concern<Policy> = Pick<Field<Policy>, 'concerns' | 'values'>;

/** The administrator's switch that a field needs. */
export type Switch<Policy> = Required<Pick<Field<Policy>, 'needs' | 'isAllowed'>>;

export function supported(path: string, note = ''): Field<unknown> {
  return { path, support: 'supported', note };
}

export function elsewhere(path: string, note: string): Field<unknown> {
  return { path, support: 'elsewhere', note };
}

export function switched<Policy>(
  path: string,
  { needs, isAllowed }: Switch<Policy>,
  concern: Concern<Policy>,
  note = '',
): Field<Policy> {
  return { path, support: 'switched', needs, isAllowed, note, ...concern };
}

export function refused<Policy>(path: string, note: string, concern: Concern<Policy> = {}): Field<Policy> {
  return { path, support: 'refused', note, ...concern };
}

export function ignored<Policy>(path: string, note: string, concern: Concern<Policy> = {}): Field<Policy> {
  return { path, support: 'ignored', note, ...concern };
}

/** One whose members are known: those that are not done are told, and rows of the table; the others are named by it. */
export function supportedWith<Policy>(path: string, members: ReadonlyArray<Field<Policy>>, note = ''): Field<Policy> {
  return { path, support: 'supported', note, members };
}

/** The fields with their members in their place. */
export function flattenFields<Policy>(fields: ReadonlyArray<Field<Policy>>): Field<Policy>[] {
  return fields.flatMap((field) => (field.members === undefined ? [field] : fieldsBelow(field.path, field.members)));
}

/** The rows as they are below another field. */
export function fieldsBelow<Policy>(prefix: string, fields: ReadonlyArray<Field<Policy>>): Field<Policy>[] {
  return fields.map((field) => ({ ...field, path: `${prefix}.${field.path}` }));
}
