import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { nearest } from './nearest.ts';

/** One thing that is wrong with a value: where below it, and what. Together a sentence, with the file's name between them. */
export interface SchemaProblem {
  /** `[0].Groups` */
  readonly place: string;
  /** `is "x": a list is wanted` */
  readonly what: string;
}

/**
 * Compiles a schema of a configuration's lists and maps into what tells everything that is wrong with a value. A schema may have
 * a member `wanted`, words for what fits; unknown members are told with the nearest known one.
 */
export function problemsOf(schema: TSchema): (value: unknown) => SchemaProblem[] {
  const check = Compile(schema);
  return (value) => {
    const found = check.Errors(value).map(({ keyword, instancePath, schemaPath, params }) => {
      const at = instancePath.split('/').slice(1).map(fromPointer);
      return { keyword, at, schema: follow(schema, schemaPath), params: params as Record<string, unknown> };
    });
    // Of a union that fits in none of its kinds, the union's own words are enough.
    const unions = found.filter(({ keyword }) => keyword === 'anyOf').map(({ at }) => at.join('/'));
    return found.flatMap(({ keyword, at, schema: failed, params }): SchemaProblem[] => {
      const place = renderPlace(at);
      if (keyword === 'boolean' || (keyword !== 'anyOf' && unions.includes(at.join('/')))) return [];
      if (keyword === 'required') return [{ place, what: `lacks ${namesOf(params.requiredProperties).join(', ')}` }];
      if (keyword === 'additionalProperties')
        return namesOf(params.additionalProperties).map(unknownMember(place, failed));
      const shown = JSON.stringify(follow(value, `#/${at.map(toPointer).join('/')}`));
      return [{ place, what: `is ${shown}: ${wordsFor(failed)} is wanted` }];
    });
  };
}

function unknownMember(place: string, schema: unknown): (name: string) => SchemaProblem {
  const known = Object.keys((schema as { properties?: object } | undefined)?.properties ?? {});
  return (name) => {
    const near = nearest(name, known);
    return {
      place: `${place}.${name}`,
      what: `is unknown: ${near === undefined ? `one of ${known.join(', ')} is wanted` : `did you mean ${near}?`}`,
    };
  };
}

const wordsOfType: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

function wordsFor(schema: unknown): string {
  const { wanted, enum: choices, type } = (schema ?? {}) as { wanted?: string; enum?: unknown[]; type?: string };
  return (
    wanted ?? (choices === undefined ? (wordsOfType[type ?? ''] ?? 'something else') : `one of ${choices.join(', ')}`)
  );
}

/** `['0', 'Groups']` as `[0].Groups` */
function renderPlace(at: ReadonlyArray<string>): string {
  return at.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
}

/** What a JSON pointer (RFC 6901) behind `#` leads to. */
function follow(root: unknown, pointer: string): unknown {
  const steps = pointer
    .split('/')
    .slice(1)
    .filter((step) => step !== '');
  return steps
    .map(fromPointer)
    .reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], root);
}

const fromPointer = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~');
const toPointer = (step: string) => step.replaceAll('~', '~0').replaceAll('/', '~1');

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
