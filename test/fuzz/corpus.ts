import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
/** Mutations of long ones say little more, and cost much more. */
const maxBytes = 8 * 1024;

/** Recorded files of this repository, their beginnings where they are long. */
export function recorded(pattern: string): Buffer[] {
  const files = globSync(pattern, { cwd: root }).toSorted();
  const found = files
    .map((file) => readFileSync(join(root, file)).subarray(0, maxBytes))
    .filter(({ length }) => length > 0);
  if (found.length === 0) throw new Error(`There is no ${pattern}`);
  return found;
}

/** A JSON file of this repository. */
export function recordedJson(file: string): unknown {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

export function written(...texts: ReadonlyArray<string | Buffer | object>): Buffer[] {
  return texts.map((text) =>
    Buffer.isBuffer(text) ? text : Buffer.from(typeof text === 'string' ? text : JSON.stringify(text)),
  );
}
