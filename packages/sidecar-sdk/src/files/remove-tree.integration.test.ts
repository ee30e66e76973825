import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeTree } from './remove-tree.ts';

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-remove-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}

test('removeTree() removes folders deeper than a path is long', async () => {
  const folder = await scratch();
  const before = process.cwd();
  try {
    process.chdir(folder);
    for (let depth = 0; depth < 40; depth += 1) {
      await mkdir('d'.repeat(200));
      process.chdir('d'.repeat(200));
    }
  } finally {
    process.chdir(before);
  }
  await removeTree(folder);
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
});

test('removeTree() removes what nobody may enter, and links without what they lead to', async () => {
  const [folder, elsewhere] = [await scratch(), await scratch()];
  await writeFile(join(elsewhere, 'kept'), 'kept');
  await mkdir(join(folder, 'closed'));
  await symlink(elsewhere, join(folder, 'closed', 'way-out'));
  await chmod(join(folder, 'closed'), 0);
  await removeTree(folder);
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
  expect(await readFile(join(elsewhere, 'kept'), 'utf8')).toBe('kept');
  await removeTree(folder);
});
