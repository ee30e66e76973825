import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { JobRun } from './testing/job-run.ts';
import { shellContainer } from './testing/plans.ts';

/** A folder that pods may mount, and what is not theirs. */
async function allowedFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'interlink-host-'));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'allowed', 'data'), { recursive: true });
  await mkdir(join(root, 'secret'));
  await writeFile(join(root, 'allowed', 'data', 'file'), 'content');
  await writeFile(join(root, 'secret', 'file'), 'secret');
  await symlink(join(root, 'secret'), join(root, 'allowed', 'way-out'));
  await symlink('data', join(root, 'allowed', 'way-in'));
  return join(root, 'allowed');
}

/** What a container sees of a hostPath, or why it waits. */
async function mounted(below: string, type = '', subPath?: string): Promise<string> {
  const path = await allowedFolder();
  const source = { in: 'host', path, below, type } as const;
  const mount = { volume: 'v', source, target: '/v', readOnly: false, ...(subPath === undefined ? {} : { subPath }) };
  await using run = await JobRun.start({
    containers: [
      shellContainer('main', 'cat $INTERLINK_VOLUME_V/file 2>&1 || ls -d $INTERLINK_VOLUME_V', { mounts: [mount] }),
    ],
  });
  let seen: Record<string, string> = {};
  await run.until('it has ended, or waits', async () => {
    seen = await run.state('main');
    return seen.state === 'terminated' || seen.message !== undefined;
  });
  return seen.state === 'terminated' ? await run.text('main') : (seen.message ?? '');
}

describe('a hostPath', () => {
  test.each([
    ['what it names', 'data', 'Directory'],
    ['what a link in it names, inside', 'way-in', ''],
    ['itself, the allowed path, with a subPath', '', '', 'data'],
  ])('is %s', async (_, below, type, subPath?: string) => {
    expect(await mounted(below, type, subPath)).toBe('content');
  });

  test('is made where its type says so', async () => {
    expect(await mounted('new/folder', 'DirectoryOrCreate')).toMatch(/allowed\/new\/folder\n$/);
  });

  test.each([
    ['leads out by a link', 'way-out', '', /leads out of/],
    ['leads out by a link, and is to be made', 'way-out/new', 'DirectoryOrCreate', /leads out of/],
    ['leads out by a link, and is a file to be made', 'way-out/new', 'FileOrCreate', /is not a/],
    ['is not there', 'nothing', '', /is not a file or directory/],
    ['is something else', 'data', 'File', /is not a file/],
  ])('that %s keeps its container waiting', async (_, below, type, message) => {
    expect(await mounted(below, type)).toMatch(message);
  });
});
