import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/pods.ts';
import { ReservedFile, writeWhole } from './whole-file.ts';

test('ReservedFile is written in the room that it took before, and is there when it is whole', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'ending.json');
  using reserved = new ReservedFile(path);
  const [draft = ''] = readdirSync(folder.path);
  const { ino, size } = statSync(join(folder.path, draft));
  expect(draft).not.toBe('ending.json');
  reserved.write({ exitCode: 3, message: 'é' });
  expect(readdirSync(folder.path)).toEqual(['ending.json']);
  const text = readFileSync(path, 'utf8');
  expect(text).toBe('{"exitCode":3,"message":"é"}\n');
  expect(statSync(path).ino).toBe(ino);
  expect(Buffer.byteLength(text)).toBeLessThan(size);
});

test('ReservedFile gives back the room of a file that is never written', async () => {
  await using folder = await temporaryFolder();
  {
    using _ = new ReservedFile(join(folder.path, 'ending.json'));
    expect(readdirSync(folder.path)).toHaveLength(1);
  }
  expect(readdirSync(folder.path)).toEqual([]);
});

test('writeWhole() leaves no draft where it can’t put the file', async () => {
  await using folder = await temporaryFolder();
  writeFileSync(join(folder.path, 'file'), '');
  expect(() => writeWhole(join(folder.path, 'file', 'in'), {})).toThrow('ENOTDIR');
  expect(readdirSync(folder.path)).toEqual(['file']);
});
