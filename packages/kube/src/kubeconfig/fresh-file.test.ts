import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FreshFile } from './fresh-file.ts';

it('FreshFile reads again after a minute, and keeps the last text of a file that is gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fresh-file-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'token');
  let now = 0;
  const file = new FreshFile(path, () => now);
  await writeFile(path, 'one\n');
  expect(await file.read()).toBe('one');
  await writeFile(path, 'two');
  now = 59_999;
  expect(await file.read()).toBe('one');
  now = 60_000;
  expect(await file.read()).toBe('two');
  await rm(path);
  now = 120_000;
  expect(await file.read()).toBe('two');
});
