import { mkdir, mkdtemp, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHostPaths } from '@interlink/sidecar-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findHostPath, refuseHostPath } from './host-path.ts';

let root = '';
const socket = createServer();
const volume = (path: unknown, type?: unknown) => ({
  name: 'v',
  hostPath: { path, ...(type === undefined ? {} : { type }) },
});
const policyOf = (...entries: string[]) =>
  parseHostPaths(
    'Docker.HostPaths',
    entries.map((entry) => join(root, entry)),
    [{ path: join(root, 'secret'), what: 'a secret' }],
  );

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'interlink-host-path-')));
  for (const name of ['open/folder', 'read', 'secret', 'closed']) await mkdir(join(root, name), { recursive: true });
  await writeFile(join(root, 'open', 'file'), '');
  await symlink('folder', join(root, 'open', 'inside'));
  await symlink(join(root, 'closed'), join(root, 'open', 'outside'));
  await symlink(join(root, 'read'), join(root, 'open', 'to-read'));
  await new Promise<void>((resolve) => socket.listen(join(root, 'open', 'socket'), resolve));
});
afterAll(async () => {
  await new Promise((resolve) => socket.close(resolve));
  await rm(root, { recursive: true, force: true });
});

describe('refuseHostPath()', () => {
  test.each([
    [
      '/closed',
      /in none of the folders that the key Docker\.HostPaths of this site allows: ask its administrator to list it there$/,
    ],
    ['/openly', /in none of the folders/],
    ['/open/../closed', /without "\." and "\.\."/],
    ['/open//x', /without/],
    ['/open/\0', /without/],
  ])('refuses %j', (path, message) => {
    expect(refuseHostPath(volume(`${root}${path}`), policyOf('open'))).toMatch(message);
  });

  test.each([['relative'], [7], [undefined]])('refuses %j as a path', (path) => {
    expect(refuseHostPath(volume(path), policyOf('open'))).toMatch(/no absolute path/);
  });

  test('refuses a type that there is none of, and takes the unset ones', () => {
    const path = join(root, 'open');
    expect(refuseHostPath(volume(path, 'Folder'), policyOf('open'))).toBe('"Folder" is not a type of hostPath');
    expect(refuseHostPath(volume(path, ''), policyOf('open'))).toBeUndefined();
    expect(refuseHostPath(volume(`${path}/`), policyOf('open'))).toBeUndefined();
  });
});

describe('findHostPath()', () => {
  const find = async (path: string, type = '', ...entries: string[]) =>
    await findHostPath(volume(join(root, path), type), policyOf(...(entries.length === 0 ? ['open'] : entries)));

  test.each([
    ['open/folder', 'Directory'],
    ['open/file', 'File'],
    ['open/socket', 'Socket'],
    ['open/inside', 'Directory'],
    ['open/file', ''],
    ['open/folder', 'DirectoryOrCreate'],
    ['open/file', 'FileOrCreate'],
  ])('takes %s as %j', async (path, type) => {
    const real = path === 'open/inside' ? 'folder' : path.slice('open/'.length);
    expect(await find(path, type)).toEqual({ base: join(root, 'open'), parts: [real], isReadOnly: false });
  });

  test.each([
    ['open/file', 'Directory', 'directory'],
    ['open/file', 'DirectoryOrCreate', 'directory'],
    ['open/folder', 'File', 'file'],
    ['open/folder', 'FileOrCreate', 'file'],
    ['open/file', 'Socket', 'socket file'],
    ['open/file', 'CharDevice', 'character device'],
    ['open/file', 'BlockDevice', 'block device'],
  ])('says of %s as %s that it is not a %s', async (path, type, what) => {
    await expect(find(path, type)).rejects.toThrow(`hostPath type check failed: ${join(root, path)} is not a ${what}`);
  });

  test('makes what its type says, 0755 and 0644, and nothing else', async () => {
    await find('open/made/deep', 'DirectoryOrCreate');
    await find('open/made/file', 'FileOrCreate');
    expect((await stat(join(root, 'open/made/deep'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(root, 'open/made/file'))).isFile()).toBe(true);
    await expect(find('open/never')).rejects.toThrow(/does not exist/);
    await expect(find('open/never/file', 'FileOrCreate')).rejects.toThrow();
    expect(await readdir(join(root, 'open'))).not.toContain('never');
  });

  test('follows no link out of what is allowed, and makes nothing behind one', async () => {
    await expect(find('open/outside')).rejects.toThrow(/leads out of what the key Docker\.HostPaths allows/);
    await expect(find('open/outside/new', 'DirectoryOrCreate')).rejects.toThrow(/is not allowed/);
    expect(await readdir(join(root, 'closed'))).toEqual([]);
  });

  test('goes by the strictest entry on the way', async () => {
    const readOnly = ['open', 'read:ro'];
    expect(await find('open/to-read', '', ...readOnly)).toMatchObject({ base: join(root, 'read'), isReadOnly: true });
    expect(await find('open/folder', '', 'open', 'open/folder:ro')).toEqual({
      ...{ base: join(root, 'open'), parts: ['folder'], isReadOnly: true },
    });
    await expect(find('read/new', 'DirectoryOrCreate', ...readOnly)).rejects.toThrow(/pods may only read there/);
  });
});

describe('parseHostPaths()', () => {
  test.each([['relative'], ['/a/../b'], [7], [''], [':ro'], ['/a//b']])('refuses %j, naming its place', (entry) => {
    expect(() => parseHostPaths('Docker.HostPaths', ['/fine', entry], [])).toThrow(
      /Docker\.HostPaths\[1\] is .* an absolute path is wanted/,
    );
  });

  test.each(['secret', '.', 'secret/below'])('refuses what would open a forbidden place: %s', (path) => {
    const entry = path === '.' ? root : join(root, path);
    expect(() =>
      parseHostPaths('Docker.HostPaths', [entry], [{ path: join(root, 'secret'), what: 'a secret' }]),
    ).toThrow(/it would open a secret/);
  });
});
