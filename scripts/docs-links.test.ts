import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { anchorsOf, linksOf, splitBlocks } from './markdown.ts';

const root = join(import.meta.dirname, '..');
const documents = globSync('**/*.md', {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist|testdata|\.\w+)$/.test(path),
});

const pages = new Map(documents.map((path) => [path, splitBlocks(readFileSync(join(root, path), 'utf8'))]));

/** A link that leads to a file of the project, from the root; none for those that leave it. */
function target(document: string, link: string): { readonly path: string; readonly anchor: string } | undefined {
  if (/^[a-z]+:/i.test(link)) return undefined;
  const [path = '', anchor = ''] = link.split('#');
  return { path: path === '' ? document : normalize(join(dirname(document), path)), anchor };
}

/** What is wrong with a link, or nothing. */
function problem(document: string, link: string): string | undefined {
  const to = target(document, link);
  if (to === undefined) return undefined;
  if (to.path.startsWith('..')) return `${link} leaves the project`;
  if (!existsSync(join(root, to.path))) return `${link}: there is no ${to.path}`;
  if (to.anchor === '') return undefined;
  const page = pages.get(to.path);
  if (page === undefined) return `${link}: ${to.path} is no document, and has no headings`;
  return anchorsOf(page.prose).has(to.anchor) ? undefined : `${link}: no heading of ${to.path} is called so`;
}

const codeProblems: Record<string, (code: string) => string | undefined> = {
  json: (code) => {
    try {
      JSON.parse(code);
      return undefined;
    } catch (error) {
      return String(error);
    }
  },
  yaml: (code) => parseAllDocuments(code).flatMap(({ errors }) => errors)[0]?.message,
  bash: shellProblem,
  sh: shellProblem,
};

/** `bash -n` reads, and runs nothing. */
function shellProblem(code: string): string | undefined {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' });
  return status === 0 ? undefined : stderr;
}

test('there are documents', () => {
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'docs/README.md', 'docs/guides/edge-node.md', 'examples/README.md']),
  );
});

describe.each([...pages])('%s', (document, { prose, blocks }) => {
  test('its links lead to files, and to headings in them', () => {
    expect(linksOf(prose).flatMap((link) => problem(document, link) ?? [])).toEqual([]);
  });

  test('its blocks of JSON, YAML and shell can be read', () => {
    const wrong = blocks.flatMap(({ language, code, line }) => {
      const found = codeProblems[language]?.(code);
      return found === undefined ? [] : [`line ${line}: ${found}`];
    });
    expect(wrong).toEqual([]);
  });
});

test('every page of docs is reached from README.md or docs/README.md', () => {
  const reached = new Set(['README.md', 'docs/README.md']);
  for (const document of reached) {
    for (const link of linksOf(pages.get(document)?.prose ?? '')) {
      const path = target(document, link)?.path;
      if (path !== undefined && pages.has(path) && statSync(join(root, path)).isFile()) reached.add(path);
    }
  }
  expect(documents.filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([]);
});
