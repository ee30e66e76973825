import { readFileSync } from 'node:fs';

/** The recipes of docs/mock.md, whole scripts, by their titles. */
export const recipes: ReadonlyMap<string, string> = new Map(
  Array.from(
    readFileSync(new URL('../../../../docs/mock.md', import.meta.url), 'utf8').matchAll(
      /^### (.+)\n(?:(?!^#|^```)[^\n]*\n)*```yaml\n([\s\S]*?)^```$/gm,
    ),
    ([, title = '', script = '']) => [title, script],
  ),
);

/** @throws Error when docs/mock.md has no recipe of this title */
export function recipe(title: string): string {
  const script = recipes.get(title);
  if (script === undefined) throw new Error(`docs/mock.md has no recipe ${title}`);
  return script;
}
