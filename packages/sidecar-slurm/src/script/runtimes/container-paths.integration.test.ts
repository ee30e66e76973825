import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoteWord } from '@interlink/sidecar-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBash } from '../testing/run-bash.ts';

const files = ['lib/base.sh', 'runtimes/container-paths.sh'];
let folder = '';

/** `root` is a container's, `outside` lies beside it. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'interlink-paths-')));
  await mkdir(join(folder, 'root/usr/bin'), { recursive: true });
  await mkdir(join(folder, 'root/etc'));
  await mkdir(join(folder, 'outside/usr/bin'), { recursive: true });
  await symlink('/usr/bin', join(folder, 'root/bin'));
  await symlink('../../../outside', join(folder, 'root/etc/climbs'));
  await symlink(`${folder}/outside`, join(folder, 'root/absolute'));
  await symlink('loop', join(folder, 'root/loop'));
  await writeFile(join(folder, 'root/usr/bin/tool'), '');
  await chmod(join(folder, 'root/usr/bin/tool'), 0o755);
  await writeFile(join(folder, 'root/usr/bin/data'), '', { mode: 0o644 });
  await symlink('/bin/tool', join(folder, 'root/usr/bin/alias\n'));
});
afterAll(async () => await rm(folder, { recursive: true }));

describe('path_inside', () => {
  test.each([
    ['/', '/'],
    ['/bin/tool', '/usr/bin/tool'],
    ['/../../bin/./tool', '/usr/bin/tool'],
    ['/usr/bin/alias\n', '/usr/bin/tool'],
    ['/etc/climbs', undefined],
    ['/absolute', undefined],
    ['/loop', undefined],
    ['/absent', undefined],
  ])('%j is %j', (path, expected) => {
    const { output, code } = runBash(
      files,
      `path_inside "$PWD/root" ${quoteWord(path)} && printf '%s' "$REPLY"`,
      folder,
    );
    expect(code === 0).toBe(expected !== undefined);
    if (expected !== undefined) expect(output).toBe(`${folder}/root${expected}`);
  });

  test('makes what is missing in the container, never beside it', () => {
    const text =
      'for path in /new/deep /etc/climbs/x /absolute/y; do path_inside "$PWD/root" "$path" make; done; find outside root/outside root/new';
    expect(runBash(files, text, folder).output.split('\n').sort()).toEqual(
      [
        '',
        'outside',
        'outside/usr',
        'outside/usr/bin',
        'root/new',
        'root/new/deep',
        'root/outside',
        'root/outside/x',
      ].sort(),
    );
  });
});

test.each([
  ['tool', '/', 0, ''],
  ['absent', '/', 1, 'executable file not found in $PATH'],
  ['data', '/', 1, 'executable file not found in $PATH'],
  ['', '/', 1, 'executable file not found in $PATH'],
  ['./tool', '/bin', 0, ''],
  ['/usr/bin/data', '/', 1, 'permission denied'],
  ['/usr', '/', 1, 'is a directory'],
  ['/usr/bin/absent', '/', 1, 'no such file or directory'],
  ['/absolute/usr/bin/tool', '/', 1, 'no such file or directory'],
])('find_program %j in %s', (program, directory, code, problem) => {
  const text = `find_program "$PWD/root" ${directory} /none:/bin ${quoteWord(program)} || { printf '%s' "$program_problem"; exit 1; }`;
  expect(runBash(files, text, folder)).toEqual({ output: problem, code });
});

test('sub_path_identity knows what lies in a volume, and nothing else', async () => {
  await mkdir(join(folder, 'volume/sub'), { recursive: true });
  await writeFile(join(folder, 'volume/file'), '');
  await symlink(`${folder}/outside`, join(folder, 'volume/out'));
  await symlink('/etc/passwd', join(folder, 'volume/password'));
  const know = (path: string) =>
    runBash(
      files,
      `sub_path_identity "$PWD/volume" "$PWD/volume/"${quoteWord(path)} && [[ $REPLY == "$(stat -c %d:%i volume/${path})" ]]`,
      folder,
    ).code;
  expect(['sub', 'file', 'out', 'password', 'out/usr', 'absent'].map(know)).toEqual([0, 0, 1, 1, 1, 1]);
});
