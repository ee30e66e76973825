import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findReasons, productSources } from './find-reasons.ts';

const root = join(import.meta.dirname, '..');
const folders: Readonly<Record<string, string>> = {
  vk: 'packages/virtual-kubelet/src',
  sdk: 'packages/sidecar-sdk/src/lifecycle',
  docker: 'packages/sidecar-docker/src',
  slurm: 'packages/sidecar-slurm/src',
  process: 'packages/sidecar-process/src',
  mock: 'packages/sidecar-mock/src',
  interlink: 'packages/interlink/src',
};
/** So short a part of a message says nothing by itself. */
const shortestPart = 4;

const sources = productSources(root);
const inSources = findReasons(sources);
const words = sources.map(({ text }) => text.replaceAll('\\', '')).join('\n');

/** One for each row of a table: its cells, of which the first has the reasons and the last the test. */
const rows = readFileSync(join(root, 'docs/messages.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const cells = line.slice(2, -2).split(' | ');
    const message = cells.length === 6 ? cells[2] : cells[1];
    return { reasons: quoted(cells[0]), parts: quoted(message).flatMap(fixedParts), shownBy: quoted(cells.at(-1)) };
  });

function quoted(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
}

function fixedParts(message: string): string[] {
  return message
    .split(/<[^<>]+>|…|"|: /)
    .map((part) => part.trim())
    .filter((part) => part.length >= shortestPart);
}

function isNamed(reason: string, pattern: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '\\w+')}$`).test(reason);
}

const named = [...new Set(rows.flatMap(({ reasons }) => reasons))];

test('docs/messages.md has rows', () => {
  expect([rows.length > 100, inSources.size > 100]).toEqual([true, true]);
});

test('docs/messages.md has every reason of the sources', () => {
  const missing = [...inSources].filter((pattern) => !named.some((reason) => isNamed(reason, pattern)));
  expect(missing).toEqual([]);
});

test('docs/messages.md has no reason that the sources lack', () => {
  const gone = named.filter((reason) => ![...inSources].some((pattern) => isNamed(reason, pattern)));
  expect(gone).toEqual([]);
});

test.each(rows)('docs/messages.md: $reasons is told in these words, and its test speaks of it', ({ parts, ...row }) => {
  expect(parts.filter((part) => !words.includes(part))).toEqual([]);
  expect(row.shownBy).toHaveLength(1);
  const [, folder = '', rest = ''] = /^(\w+)\/(.*\.test\.ts)$/.exec(row.shownBy[0] ?? '') ?? [];
  const path = join(root, folders[folder] ?? folder, rest);
  expect(existsSync(path), path).toBe(true);
  const text = readFileSync(path, 'utf8');
  expect(row.reasons.filter((reason) => !new RegExp(`\\b${reason}\\b`).test(text))).toEqual([]);
});
