import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const packages = readdirSync(join(root, 'packages'));

/** What looks like a path in backticks, and where links lead, which begin at the document. */
function pathsIn(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  const found = [...text.matchAll(/`(\w[\w.-]*(?:\/[\w.@-]+)+\/?)`|\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
    ([, code, link = '']) => code ?? join(dirname(document), link),
  );
  return found.filter((path) => /^(packages|test|bench|scripts|examples)\b|\.(ts|md|yaml)$/.test(path));
}

/** From the root, or inside a package's sources, as ARCHITECTURE.md goes on after a whole path. */
function exists(path: string): boolean {
  if (existsSync(join(root, path))) return true;
  return packages.some((name) => existsSync(join(root, 'packages', name, 'src', path)));
}

test.each([
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'bench/README.md',
  'examples/README.md',
  'docs/README.md',
  'docs/concepts.md',
  'docs/operations.md',
  'docs/troubleshooting.md',
  'docs/migration.md',
  'docs/compatibility.md',
  'docs/install.md',
  'docs/kubernetes.md',
  'docs/configuration.md',
  'docs/guides/edge-node.md',
  'docs/guides/in-cluster.md',
  'docs/guides/tunnelled.md',
  'docs/protocol.md',
  'docs/admission.md',
  'docs/doctor.md',
  'docs/authentication.md',
  'docs/reliability.md',
  'docs/security.md',
  'docs/sidecars.md',
  'docs/metrics.md',
  'docs/runbook.md',
  'docs/tracing.md',
  'docs/token.md',
  'docs/upgrade.md',
])('%s names only paths that exist', (document) => {
  const wrong = pathsIn(document).filter((path) => !exists(path));
  expect(wrong).toEqual([]);
});

test('ARCHITECTURE.md names the files of a pod’s life', () => {
  expect(pathsIn('ARCHITECTURE.md').length).toBeGreaterThan(15);
});

test('examples/README.md names every example', () => {
  const files = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' });
  const examples = files.filter((path) => /\.(yaml|ts|py)$/.test(path)).map((path) => join('examples', path));
  expect(pathsIn('examples/README.md')).toEqual(expect.arrayContaining(examples));
});
