import type { TSchema } from 'typebox';
import { ScriptShape } from './script-shape.ts';

/** A key of the script, as docs/mock.md has it. */
export interface ScriptKey {
  /** `pods[].timeline[].atSeconds` */
  readonly path: string;
  readonly meaning: string;
}

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Every key that a script may have, in the order of its shape. What several lists have alike is told below the first of them. */
export const scriptKeys: ReadonlyArray<ScriptKey> = keysBelow(ScriptShape as TSchema as Schema, '');

function keysBelow({ properties = {} }: Schema, prefix: string): ScriptKey[] {
  const members = Object.entries(properties);
  return members.flatMap(([name, schema], index) => {
    const path = `${prefix}${name}`;
    const { items } = schema;
    const key = { path, meaning: schema.description ?? '' };
    if (items === undefined) return [key, ...keysBelow(schema, `${path}.`)];
    const isTold = members.slice(0, index).some(([, earlier]) => earlier.items === items);
    return [{ ...key, path: `${path}[]` }, ...(isTold ? [] : keysBelow(items, `${path}[].`))];
  });
}
