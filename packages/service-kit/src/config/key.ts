import Type, { type Static, type TObject, type TSchema } from 'typebox';
import { problemsOf, type SchemaProblem } from './schema-problems.ts';

/** One key of the InterLink file: its type, the variable that overrides it, its default and its meaning, in one place. */
export interface Key<T> {
  readonly kind: 'text' | 'integer' | 'flag' | 'choice' | 'list' | 'map';
  /** Environment variables that override the file; the first that is set wins. */
  readonly env: ReadonlyArray<string>;
  readonly default: T;
  readonly choices: ReadonlyArray<string>;
  readonly doc: string;
  /** What its elements, or its members, are; each member's meaning is its `description`. */
  readonly shape?: TObject;
  /** Everything that is wrong with a value of the right kind. */
  readonly problemsOf?: (value: unknown) => SchemaProblem[];
}

interface KeyOptions<T> {
  readonly env?: ReadonlyArray<string>;
  readonly default: T;
  readonly doc: string;
}

export function text<T extends string | undefined>(options: KeyOptions<T>): Key<string | T> {
  return { kind: 'text', env: [], choices: [], ...options };
}

export function integer<T extends number | undefined>(options: KeyOptions<T>): Key<number | T> {
  return { kind: 'integer', env: [], choices: [], ...options };
}

export function flag<T extends boolean | undefined>(options: KeyOptions<T>): Key<boolean | T> {
  return { kind: 'flag', env: [], choices: [], ...options };
}

export function choice<const C extends string, T extends C | undefined>(
  choices: ReadonlyArray<C>,
  options: KeyOptions<T>,
): Key<C | T> {
  return { kind: 'choice', env: [], choices, ...options };
}

/** Elements that only the process they are for looks into. */
export function list(options: Omit<KeyOptions<undefined>, 'env'>): Key<ReadonlyArray<unknown> | undefined> {
  return { kind: 'list', env: [], choices: [], ...options };
}

/** Members that only the process they are for looks into. */
export function map(options: Omit<KeyOptions<undefined>, 'env'>): Key<Readonly<Record<string, unknown>> | undefined> {
  return { kind: 'map', env: [], choices: [], ...options };
}

/** Elements that are all maps of this shape, checked at the start. Give the shape `additionalProperties: false`, and each member a `description`. */
export function listOf<S extends TObject>(
  shape: S,
  options: Omit<KeyOptions<undefined>, 'env' | 'default'>,
): Key<ReadonlyArray<Static<S>> | undefined> {
  return { kind: 'list', env: [], choices: [], default: undefined, ...shaped(shape, Type.Array(shape)), ...options };
}

/** A map of this shape, checked at the start, as {@link listOf}. */
export function mapOf<S extends TObject>(
  shape: S,
  options: Omit<KeyOptions<undefined>, 'env' | 'default'>,
): Key<Static<S> | undefined> {
  return { kind: 'map', env: [], choices: [], default: undefined, ...shaped(shape, shape), ...options };
}

function shaped(shape: TObject, whole: TSchema): Pick<Key<unknown>, 'shape' | 'problemsOf'> {
  return { shape, problemsOf: problemsOf(whole) };
}

/** What a key's value is wanted to be, for messages. */
export function wanted(key: Key<unknown>): string {
  const words = {
    text: 'a text',
    integer: 'a whole number',
    flag: 'true or false',
    choice: `one of ${key.choices.join(', ')}`,
    list: 'a list',
    map: 'a map',
  };
  return words[key.kind];
}

/** Reads a value from YAML or from an environment variable (then it is a text). Returns undefined when it does not fit. */
export function readValue(
  key: Key<unknown>,
  value: unknown,
): string | number | boolean | ReadonlyArray<unknown> | Readonly<Record<string, unknown>> | undefined {
  const isText = typeof value === 'string';
  switch (key.kind) {
    case 'text':
      return isText ? value : undefined;
    case 'choice':
      return isText && key.choices.includes(value) ? value : undefined;
    case 'integer':
      if (isText && /^\d+$/.test(value)) return Number(value);
      return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
    case 'flag':
      if (value === 'true' || value === 'false') return value === 'true';
      return typeof value === 'boolean' ? value : undefined;
    case 'list':
      return Array.isArray(value) ? value : undefined;
    case 'map':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  }
}
