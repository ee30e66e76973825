import type { PodSpec } from '@interlink/protocol';
import { type Field, type FieldContext, flattenFields } from './field.ts';
import { recordOf } from './untyped.ts';

/** What is to be said about the fields of one pod, each by its place: `spec.containers[0].securityContext.privileged`. */
export interface FieldFindings {
  /** Why the pod can't run here. */
  readonly refusals: string[];
  /** What it asks for and does not get. */
  readonly warnings: string[];
}

/** Looks at the fields of a pod by the table that it is made from. */
export class FieldExaminer<Policy> {
  readonly #rows: ReadonlyMap<string, Field<Policy>>;
  /** Paths with rows further down. */
  readonly #branches: ReadonlySet<string>;

  constructor(fields: ReadonlyArray<Field<Policy>>) {
    const rows = flattenFields(fields);
    this.#rows = new Map(rows.map((field) => [field.path, field]));
    this.#branches = new Set(
      rows.flatMap(({ path }) => [...path.matchAll(/\.|\[\]/g)].map(({ index }) => path.slice(0, index))),
    );
  }

  /** Every field that the pod sets, also those that no row names. */
  examine(spec: PodSpec, policy: Policy): FieldFindings {
    const findings: FieldFindings = { refusals: [], warnings: [] };
    for (const [name, value] of Object.entries(spec)) {
      const isContainers = name === 'initContainers' || name === 'ephemeralContainers';
      const path = isContainers ? 'containers' : name;
      this.#visit(value, { path, place: `spec.${name}`, context: { policy, parent: spec, spec } }, findings);
    }
    return findings;
  }

  #visit(value: unknown, position: Position<Policy>, findings: FieldFindings): void {
    const { path, place, context } = position;
    const row = this.#rows.get(path);
    if (row !== undefined) judge(row, value, position, findings);
    else if (!this.#branches.has(path)) {
      if (saysSomething(value)) findings.warnings.push(`${place} is not known to this release`);
    } else if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) {
        this.#visit(element, { ...position, path: `${path}[]`, place: `${place}[${index}]` }, findings);
      }
    } else {
      const parent = recordOf(value);
      for (const [name, member] of Object.entries(parent)) {
        const below = { path: `${path}.${name}`, place: `${place}.${name}`, context: { ...context, parent } };
        this.#visit(member, below, findings);
      }
    }
  }
}

interface Position<Policy> {
  /** As in the table. */
  readonly path: string;
  /** As in the pod. */
  readonly place: string;
  readonly context: FieldContext<Policy>;
}

function judge<Policy>(
  row: Field<Policy>,
  value: unknown,
  { place, context }: Position<Policy>,
  { refusals, warnings }: FieldFindings,
): void {
  const { support, note, needs, isToldElsewhere } = row;
  if (support === 'supported' || support === 'elsewhere' || isToldElsewhere === true) return;
  if (!saysSomething(value) || row.concerns?.(value, context) === false) return;
  const shown = `${place}: ${JSON.stringify(value).slice(0, 64)}`;
  if (support === 'ignored') warnings.push(`${shown} (${note})`);
  else if (support === 'refused') refusals.push(`${shown} can't be had: ${note}`);
  else if (row.isAllowed?.(context.policy) !== true) refusals.push(`${shown} is not allowed here: ${needs} is false`);
}

/** False for what Kubernetes takes for absent; `false` itself may say something. */
function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
