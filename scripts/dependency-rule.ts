import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';

export interface SourceFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

export interface PackageSources {
  readonly name: string;
  readonly declared: ReadonlyArray<string>;
  /** What it exports besides itself: `@interlink/x/vitest`. */
  readonly subpaths?: ReadonlyArray<string>;
  readonly sources: ReadonlyArray<SourceFile>;
}

/** What tests may import besides; it is declared at the root. Types of this one are erased. */
const testOnly = ['vitest', 'fast-check', '@kubernetes/client-node', 'oidc-provider'];
const typesOnly = ['@kubernetes/client-node'];

/**
 * The dependency rule: a package imports only what it declares, only through a package's front door (itself, or a
 * subpath that its manifest exports), files import no file of
 * another package, and neither packages nor files import in a circle.
 * @returns a line per problem
 */
export function findProblems(packages: ReadonlyArray<PackageSources>): string[] {
  const problems: string[] = [];
  const packageGraph = new Map<string, Set<string>>();
  for (const { name, declared, sources } of packages) {
    const ours = new Set<string>();
    packageGraph.set(name, ours);
    for (const source of sources) {
      for (const { specifier, isType } of importsOf(source.text)) {
        if (specifier.startsWith('.') || isBuiltin(specifier)) continue;
        const target = packageOf(specifier);
        if (packages.some((candidate) => candidate.name === target)) {
          if (target !== name) ours.add(target);
          const isFrontDoor = packages.some(({ subpaths = [] }) => subpaths.includes(specifier));
          if (specifier !== target && !isFrontDoor)
            problems.push(`${source.path}: imports ${specifier}: only ${target} itself is open to other packages`);
        }
        const isAllowed =
          declared.includes(target) ||
          (isTest(source.path) && testOnly.includes(target)) ||
          (isType && typesOnly.includes(target));
        if (!isAllowed) problems.push(`${source.path}: imports ${target}, which ${name} does not declare`);
      }
    }
    problems.push(...fileProblems(sources));
  }
  for (const cycle of cyclesOf(packageGraph)) problems.push(`packages import in a circle: ${cycle.join(' → ')}`);
  return problems;
}

function fileProblems(sources: ReadonlyArray<SourceFile>): string[] {
  const problems: string[] = [];
  const paths = new Set(sources.map(({ path }) => path));
  const graph = new Map<string, Set<string>>();
  for (const { path, text } of sources) {
    const targets = new Set<string>();
    graph.set(path, targets);
    for (const { specifier, isType } of importsOf(text)) {
      if (!specifier.startsWith('.')) continue;
      const target = normalize(join(dirname(path), specifier));
      const isOutside = !paths.has(target) && target.endsWith('.ts');
      // Tests may use the testbed.
      if (isOutside && !isTest(path)) problems.push(`${path}: imports ${specifier}, which is not in its package`);
      else if (!isType) targets.add(target);
    }
  }
  return [...problems, ...cyclesOf(graph).map((cycle) => `files import in a circle: ${cycle.join(' → ')}`)];
}

/** Static imports, re-exports and dynamic imports of literal names; whether all that is imported are types. */
export function importsOf(text: string): Array<{ specifier: string; isType: boolean }> {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const found: Array<{ specifier: string; isType: boolean }> = [];
  for (const match of code.matchAll(/^(?:import|export)\s+(type\s+)?(?:[\w*{][^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)) {
    found.push({ specifier: match[2] ?? '', isType: match[1] !== undefined });
  }
  for (const match of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g))
    found.push({ specifier: match[1] ?? '', isType: false });
  return found;
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.includes('/testing/');
}

/** Every circle once, by depth-first search. */
function cyclesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: string[]): void => {
    const at = trail.indexOf(node);
    if (at !== -1) {
      cycles.push([...trail.slice(at), node]);
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return cycles;
}
