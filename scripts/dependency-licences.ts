/** Licences that ask for nothing but their text and the names of the authors (https://spdx.org/licenses/). */
const permissive: ReadonlySet<string> = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Unlicense', 'CC0-1.0'],
]);

/** What is looked at of package-lock.json: by the folder, `node_modules/a/node_modules/b`. */
export interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Of an installed package.json; `licenses` is what it was called once. */
export interface Licensed {
  readonly license?: string | { readonly type?: string };
  readonly licenses?: ReadonlyArray<{ readonly type?: string }>;
}

/**
 * All libraries that come with these packages, and those that come with them, must have a permissive licence.
 * @param folders of the packages, as the lock names them: `packages/kube`
 * @param manifestOf the package.json in a folder; undefined for what is not installed, being for another machine
 * @returns a line per problem
 */
export function findLicenceProblems(
  lock: Lock,
  folders: ReadonlyArray<string>,
  manifestOf: (folder: string) => Licensed | undefined,
): string[] {
  return [...closureOf(lock, folders)].toSorted().flatMap((folder) => {
    const manifest = manifestOf(folder);
    if (manifest === undefined) return [];
    const licence = licenceOf(manifest);
    return isPermissive(licence) ? [] : [`${folder}: its licence is ${licence}, which is not known as permissive`];
  });
}

function closureOf({ packages }: Lock, folders: ReadonlyArray<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (folder: string) => {
    const { dependencies, optionalDependencies } = packages[folder] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const next = resolve(packages, folder, name);
      if (next === undefined || found.has(next) || name.startsWith('@interlink/')) continue;
      found.add(next);
      visit(next);
    }
  };
  for (const folder of folders) visit(folder);
  return found;
}

/** As Node does: below the folder itself, else below the nearest one above it. */
function resolve(packages: Lock['packages'], folder: string, name: string): string | undefined {
  const parts = folder.split('/node_modules/');
  const above = parts.map((_, index) => parts.slice(0, parts.length - index).join('/node_modules/'));
  return [...above.map((each) => `${each}/node_modules/${name}`), `node_modules/${name}`].find(
    (candidate) => packages[candidate] !== undefined,
  );
}

function licenceOf({ license, licenses }: Licensed): string {
  if (typeof license === 'string') return license;
  return license?.type ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'not told';
}

/** `(MIT OR GPL-3.0)` is as its user likes; `MIT AND ISC` is both. */
function isPermissive(licence: string): boolean {
  const bare = licence.replaceAll(/[()]/g, '');
  return bare.split(' OR ').some((choice) => choice.split(' AND ').every((each) => permissive.has(each.trim())));
}
