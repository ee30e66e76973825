import type { PodSpec } from '@interlink/sidecar-sdk';
import { recordOf } from '../container/untyped.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { allFields } from './all-fields.ts';
import type { Field, FieldContext } from './field.ts';

/** What is to be said about the fields of one pod, each by its place: `spec.containers[0].securityContext.privileged`. */
export interface FieldFindings {
  /** Why the pod can't run here. */
  readonly refusals: string[];
  /** What it asks for and does not get. */
  readonly warnings: string[];
}

const rows: ReadonlyMap<string, Field> = new Map(allFields.map((field) => [field.path, field]));
/** Paths with rows further down. */
const branches: ReadonlySet<string> = new Set(
  allFields.flatMap(({ path }) => [...path.matchAll(/\.|\[\]/g)].map(({ index }) => path.slice(0, index))),
);

/** Looks at every field that the pod sets by the table, also at those that no row of it names. */
export function examineFields(spec: PodSpec, policy: SitePolicy): FieldFindings {
  const findings: FieldFindings = { refusals: [], warnings: [] };
  for (const [name, value] of Object.entries(spec)) {
    const isContainers = name === 'initContainers' || name === 'ephemeralContainers';
    const path = isContainers ? 'containers' : name;
    visit(value, { path, place: `spec.${name}`, context: { policy, parent: spec, spec } }, findings);
  }
  return findings;
}

interface Position {
  /** As in the table. */
  readonly path: string;
  /** As in the pod. */
  readonly place: string;
  readonly context: FieldContext;
}

function visit(value: unknown, position: Position, findings: FieldFindings): void {
  const { path, place, context } = position;
  const row = rows.get(path);
  if (row !== undefined) judge(row, value, position, findings);
  else if (!branches.has(path)) {
    if (saysSomething(value)) findings.warnings.push(`${place} is not known to this release`);
  } else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      visit(element, { ...position, path: `${path}[]`, place: `${place}[${index}]` }, findings);
    }
  } else {
    const parent = recordOf(value);
    for (const [name, member] of Object.entries(parent)) {
      const below = { path: `${path}.${name}`, place: `${place}.${name}`, context: { ...context, parent } };
      visit(member, below, findings);
    }
  }
}

function judge(row: Field, value: unknown, { place, context }: Position, { refusals, warnings }: FieldFindings): void {
  const { support, note, needs, isToldElsewhere } = row;
  if (support === 'supported' || support === 'elsewhere' || isToldElsewhere === true) return;
  if (!saysSomething(value) || row.concerns?.(value, context) === false) return;
  const shown = `${place}: ${JSON.stringify(value).slice(0, 64)}`;
  if (support === 'ignored') warnings.push(`${shown} (${note})`);
  else if (support === 'refused') refusals.push(`${shown} can't be had: ${note}`);
  else if (!isAllowed(needs, context)) refusals.push(`${shown} is not allowed here: ${needs} is false`);
}

function isAllowed(needs: Field['needs'], { policy: { site } }: FieldContext): boolean {
  return needs === 'Docker.AllowHostNamespaces' ? site.allowsHostNamespaces : site.allowsPrivileged;
}

/** False for what Kubernetes takes for absent; `false` itself may say something. */
function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
