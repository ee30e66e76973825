/** The table of ARCHITECTURE.md that says why each library is there. */
const heading = '## Dependencies, and why';

/** Libraries that a package declares for its users, and that the table does not name. A line per problem. */
export function findUnjustified(
  packages: ReadonlyArray<{ readonly name: string; readonly libraries: ReadonlyArray<string> }>,
  architecture: string,
): string[] {
  const named = namesIn(architecture);
  return packages.flatMap(({ name, libraries }) =>
    libraries
      .filter((library) => !library.startsWith('@types/') && !named.has(library))
      .map((library) => `${name}: depends on ${library}, which the table of ARCHITECTURE.md does not justify`),
  );
}

/** What its first column names: `@a/b, c` stands for `@a/b` and `@a/c`, too. */
function namesIn(architecture: string): ReadonlySet<string> {
  const [, table = ''] = architecture.split(heading);
  const cells = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return new Set(
    cells.flatMap((cell) => {
      const words = cell.split(/[\s,()]+/).filter((word) => word !== '');
      const scopes = words.flatMap((word) => /^@[^/]+\//.exec(word)?.[0] ?? []);
      return [...words, ...scopes.flatMap((scope) => words.map((word) => `${scope}${word}`))];
    }),
  );
}
