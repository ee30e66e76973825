import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locateImage } from './locate-image.ts';

const site = { prefix: 'docker://', allowedPaths: [] };
const nothing = { imageRoot: undefined };
const digest = `sha256:${'a'.repeat(64)}`;

describe('locateImage() of names', () => {
  test.each([
    ['busybox', 'docker://busybox:latest'],
    ['reg.example.org:5000/a/b:1', 'docker://reg.example.org:5000/a/b:1'],
    [`busybox:1@${digest}`, `docker://busybox@${digest}`],
    ['docker://busybox:1', 'docker://busybox:1'],
    ['oras://ghcr.io/a/b:1', 'oras://ghcr.io/a/b:1'],
    ['library://lolcow', 'library://lolcow'],
    ['library://sylabs/examples/lolcow:sha256.abc', 'library://sylabs/examples/lolcow:sha256.abc'],
    ['https://example.org/images/a.sif?x=1', 'https://example.org/images/a.sif?x=1'],
  ])('%s is %s', async (image, uri) => {
    expect(await locateImage(image, site, nothing)).toMatchObject({ uri });
  });

  test.each([
    ['instance://other', '"instance:"'],
    ['docker-archive:///etc/x', '"docker-archive:"'],
    ['docker-daemon://x', '"docker-daemon:"'],
    ['oci:///x', '"oci:"'],
    ['http://example.org/a.sif', '"http:"'],
    ['constructor://x', '"constructor:"'],
    ['shub://a/b', '"shub:"'],
    ['docker:///etc/passwd', 'not the name of an image'],
    ['-rm', 'not the name of an image'],
    ['a b', 'not the name of an image'],
    ['docker://x\n--bind /', 'not the name of an image'],
    ['https://user:secret@example.org/a', 'not an address'],
    ['https://example.org/$(id)', 'not an address'],
    ['library://a b', 'not an address'],
    ['', 'names none'],
  ])('%j is refused', async (image, why) => {
    const refused = locateImage(image, site, nothing);
    await expect(refused).rejects.toMatchObject({ code: 'failed_precondition', reason: 'InvalidImageName' });
    await expect(refused).rejects.toThrow(why);
  });

  test('any text is refused or becomes one harmless word', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.string({ unit: fc.constantFrom('/', ':', 'a', '.', '-', '@', '$', '\n', ' ') }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'docker://', 'https://a/', 'library://', 'oras://'),
        text,
        async (scheme, rest) => {
          const location = await locateImage(`${scheme}${rest}`, site, nothing).catch(() => undefined);
          if (location === undefined || location.from === 'path') return location === undefined;
          return /^(docker|oras|library|https):\/\/[\w./~%+,:@=&?[\]-]+$/.test(location.uri);
        },
      ),
    );
  });

  test.each([
    ['docker://', 'quay.io/a:1', undefined, ''],
    ['', 'quay.io/a:1', undefined, ''],
    ['10.1.2.3:5000/', 'docker://quay.io/a:1', undefined, ''],
    [
      '10.1.2.3:5000/',
      'quay.io/a:1',
      undefined,
      ` (looked for as "10.1.2.3:5000/quay.io/a:1", by the site's ImagePrefix)`,
    ],
    ['docker://m.org/', 'a:1', undefined, ` (looked for as "m.org/a:1", by the site's ImagePrefix)`],
    ['docker://', 'a:1', 'oras://m.org/', ' (looked for as "m.org/a:1", by annotation image-root)'],
  ])('with prefix %j, %s and image-root %s what is looked for is told: %j', async (prefix, image, imageRoot, told) => {
    expect(await locateImage(image, { prefix, allowedPaths: [] }, { imageRoot })).toMatchObject({ lookedFor: told });
  });

  test('a site may have another prefix, and a pod that is allowed to its own', async () => {
    const other = { prefix: 'docker://reg.example.org/', allowedPaths: [] };
    expect(await locateImage('a:1', other, nothing)).toMatchObject({ uri: 'docker://reg.example.org/a:1' });
    expect(await locateImage('a:1', other, { imageRoot: 'oras://mine.org/' })).toMatchObject({
      uri: 'oras://mine.org/a:1',
    });
  });
});

describe('locateImage() of paths', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'interlink-images-')));
    await mkdir(join(folder, 'images/flat/usr'), { recursive: true });
    await mkdir(join(folder, 'images/files'));
    await writeFile(join(folder, 'images/a.sif'), '');
    await writeFile(join(folder, 'secret'), '');
    await symlink('../secret', join(folder, 'images/link.sif'));
    await symlink('a.sif', join(folder, 'images/newest.sif'));
  });
  afterAll(async () => await rm(folder, { recursive: true }));
  const locate = async (path: string, prefix = 'docker://') =>
    await locateImage(path, { prefix, allowedPaths: [join(folder, 'absent'), join(folder, 'images')] }, nothing);

  test('those below an allowed folder are taken by their real path', async () => {
    expect(await locate(join(folder, 'images/a.sif'))).toEqual({ from: 'path', path: join(folder, 'images/a.sif') });
    expect(await locate(join(folder, 'images/newest.sif'))).toEqual({
      from: 'path',
      path: join(folder, 'images/a.sif'),
    });
    expect(await locate('flat', join(folder, 'images/'))).toEqual({ from: 'path', path: join(folder, 'images/flat') });
  });

  test.each([
    'images',
    'images/',
    'images/files',
    'images/link.sif',
    'images/../secret',
    'secret',
    'images/absent',
    '.',
  ])('%s is refused', async (path) => {
    await expect(locate(`${folder}/${path}`)).rejects.toThrow('Policy.AllowImagePaths');
  });

  test('the whole machine and its devices are no images, and no path is where none is allowed', async () => {
    const everything = { prefix: 'docker://', allowedPaths: ['/'] };
    await expect(locateImage('/', everything, nothing)).rejects.toThrow('below /');
    await expect(locateImage('/dev/null', everything, nothing)).rejects.toThrow('below /');
    await expect(locateImage('/bin/sh', site, nothing)).rejects.toThrow('not allowed here');
  });
});
