import { expect, test } from 'vitest';
import { findConflict, type MountedFolder } from './mount-conflicts.ts';

const folder = (by: string, source: string, isReadOnly = false): MountedFolder => ({ by, source, isReadOnly });

test.each<[string, MountedFolder[], MountedFolder[], string | undefined]>([
  ['a writer above', [folder('new', '/d/x')], [folder('old', '/d')], 'old can write the folder above /d/x'],
  ['a mount below', [folder('new', '/d')], [folder('old', '/d/x', true)], 'old has a folder below /d mounted'],
  ['both in one container', [folder('new', '/d'), folder('new', '/d/x')], [], 'new has a folder below /d mounted'],
  ['a reader above', [folder('new', '/d/x')], [folder('old', '/d', true)], undefined],
  ['the same folder', [folder('new', '/d')], [folder('old', '/d')], undefined],
  ['side by side', [folder('new', '/d/x')], [folder('old', '/d/xy'), folder('old', '/d/y')], undefined],
])('findConflict() of %s', (_, wanted, present, expected) => {
  expect(findConflict(wanted, present)).toBe(expected);
});
