import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { machine, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { quoteWord } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ImageCache } from '../../image/image-cache.ts';
import type { PlannedImage } from '../../image/planned-image.ts';
import { scriptText } from '../script-text.ts';
import { imageVariables } from './image-variables.ts';

let root = '';
let cache: ImageCache;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-cache-'));
  await mkdir(join(root, 'scratch'));
  cache = new ImageCache(root);
});
afterEach(async () => await rm(root, { recursive: true }));

const repository = 'reg.example.org/a';
const planned: PlannedImage = {
  ...{
    uri: 'docker://reg.example.org/a@sha256:1',
    name: 'reg.example.org/a:1',
    path: '',
    key: 'sha256-1',
    imageId: 'reg.example.org/a@sha256:1',
  },
  ...{
    policy: 'IfNotPresent',
    repository,
    isVerified: true,
    logins: [],
    accessKeys: ['anybody'],
    isInsecure: false,
    lookedFor: '',
  },
};
const login = { username: 'u', password: 'p' };

interface Job {
  readonly image?: Partial<PlannedImage>;
  /** What the driver does to pull, as bash; `$2` is the file of logins, `$3` the image's. */
  readonly pull?: string;
  /** Before the image is asked for. */
  readonly before?: string;
}

/** A job that wants its image, with a driver of its own. @returns the events, and then what it says in the end */
async function run({ image = {}, pull = 'echo pulled >>pulls; echo content >"$3"', before = '' }: Job = {}) {
  const wanted = { ...planned, ...image };
  const script = [
    'set -u; LC_ALL=C',
    scriptText('lib/base.sh'),
    ...imageVariables({ cache: cache.folder, form: 'sif' }, [['main', wanted]]),
    `declare -A container_image=([main]=app) container_pull_policy=([main]=${wanted.policy})`,
    `pod_folder=${quoteWord(root)}/pod scratch_folder=${quoteWord(root)}/scratch pod_node=here images_pulled_by=job`,
    'runtime_error= runtime_reason=',
    'add_event() { printf "%s %s\\n" "$2" "$4"; }',
    `image_download() { ${pull}; }`,
    'image_describe() { echo described >"$2/config"; }',
    scriptText('runtimes/image-cache.sh'),
    'lock_poll_s=0.02',
    before,
    'if obtain_image main; then cat "$image_file"; else echo "$runtime_reason: $runtime_error"; fi',
  ].join('\n');
  const child = spawn('bash', ['-c', script], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return output.trim().split('\n');
}

const entry = () => join(cache.folder, `sha256-1.${machine()}.sif`);
const pulls = async () => (await readFile(join(root, 'pulls'), 'utf8')).trim().split('\n').length;

test('an image is pulled once, and told of as a kubelet does', async () => {
  const [pulling, pulled, content] = await run();
  expect([pulling, content]).toEqual(['Pulling Pulling image "app"', 'content']);
  expect(pulled).toMatch(
    /^Pulled Successfully pulled image "app" in (\d+ms|[\d.]+s) \((\d+ms|[\d.]+s) including waiting\)\. Image size: 8 bytes\.$/,
  );
  expect(await run()).toEqual([
    'Pulled Container image "app" already present on machine and can be accessed by the pod',
    'content',
  ]);
  expect((await run({ image: { policy: 'Always' } }))[1]).toMatch(/^Pulled Successfully pulled image "app" in \d+ms/);
  expect(await pulls()).toBe(1);
  expect((await readdir(cache.folder)).filter((name) => name !== 'salt')).toEqual([`sha256-1.${machine()}.sif`]);
  expect((await readdir(entry())).sort()).toEqual(['access', 'config', 'image', 'used']);
});

test('of many jobs at once one pulls', async () => {
  const slow = { pull: 'echo pulled >>pulls; sleep 0.3; echo content >"$3"' };
  const all = await Promise.all(Array.from({ length: 6 }, async () => await run(slow)));
  expect(all.map((lines) => lines.at(-1))).toEqual(Array(6).fill('content'));
  expect(await pulls()).toBe(1);
});

test('a lock whose owner is gone is broken', async () => {
  await mkdir(`${entry()}.lock`, { recursive: true });
  await writeFile(join(`${entry()}.lock`, 'another'), '');
  expect((await run({ before: 'lock_patience_ms=200' })).at(-1)).toBe('content');
  expect((await readdir(cache.folder)).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

test('a lock whose owner was killed right when it had it is let go by who ends its pod, and no other is', async () => {
  const killed = 'mv() { command mv "$@"; [[ $4 == *.lock ]] && kill -KILL $BASHPID; }';
  expect(await run({ before: killed })).toEqual(['Pulling Pulling image "app"']);
  expect(await readdir(`${entry()}.lock`)).toHaveLength(1);
  expect((await run({ before: 'lock_patience_ms=600000; release_locks' })).at(-1)).toBe('content');
  expect((await readdir(cache.folder)).filter((name) => name !== 'salt')).toEqual([`sha256-1.${machine()}.sif`]);

  await mkdir(`${entry()}.lock`);
  await writeFile(join(`${entry()}.lock`, 'another'), '');
  await run({ before: 'release_locks' });
  expect(await readdir(`${entry()}.lock`)).toEqual(['another']);
});

test('a lock whose owner lives is waited for, however long the pull', async () => {
  const first = run({ before: 'heartbeat_s=0.05', pull: 'echo pulled >>pulls; : >begun; sleep 4; echo content >"$3"' });
  while (!(await readdir(root)).includes('begun')) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await run({ before: 'lock_patience_ms=2000' })).at(-1)).toBe('content');
  await first;
  expect(await pulls()).toBe(1);
});

test('a pull that fails leaves its message and nothing else', async () => {
  const lines = await run({ pull: 'runtime_error="manifest unknown"; echo half >"$3"; return 1' });
  expect(lines).toEqual(['Pulling Pulling image "app"', ': manifest unknown']);
  expect(await readdir(cache.folder)).toEqual([]);
});

test('a pull that fails says what was looked for, where that is another name, once for all logins', async () => {
  const lookedFor = ' (looked for as "m.org/app")';
  const logins = [login, login];
  const image = { lookedFor, logins, accessKeys: ['0a', '0b'] };
  expect((await run({ image, pull: 'runtime_error="no such image"; return 1' })).at(-1)).toBe(
    `: no such image${lookedFor}`,
  );
});

test('one login after another is shown, and noted is the one that the registry took', async () => {
  const accessKeys = ['first', 'second'];
  const pull = 'echo "$(basename "$2")" >>shown; [[ $2 == */auth-1.json ]] && echo content >"$3"';
  expect((await run({ image: { isVerified: false, logins: [login, login], accessKeys }, pull })).at(-1)).toBe(
    'content',
  );
  expect(await readFile(join(root, 'shown'), 'utf8')).toBe('auth.json\nauth-1.json\n');
  expect(await readFile(join(entry(), 'access'), 'utf8')).toBe(`${repository} second\n`);
});

test('what came by a login is pulled again by a pod without it, and stays for both once the registry has let it', async () => {
  await run({ image: { isVerified: false, logins: [login], accessKeys: ['key'] } });
  const stranger = { isVerified: false };
  expect(await run({ image: { ...stranger, policy: 'Never' } })).toEqual([
    'ErrImageNeverPull: Container image "app" is not present with pull policy of Never',
  ]);
  const refused = { image: stranger, pull: 'runtime_error=denied; return 1' };
  expect((await run(refused)).at(-1)).toBe(': denied');
  expect(await cache.isOpenTo('sha256-1', repository, [])).toBe(false);
  expect((await run({ image: stranger })).at(-1)).toBe('content');
  expect(await pulls()).toBe(2);
  expect((await run(refused)).at(-1)).toBe('content');
  expect(await cache.isOpenTo('sha256-1', repository, [])).toBe(true);
});

test('an image without a digest that is wanted anew is the pod’s own', async () => {
  const own = { image: { key: '', policy: 'Always', isVerified: false } } as const;
  expect((await run(own)).at(-1)).toBe('content');
  expect(await readdir(join(root, 'scratch/.images/'))).toEqual([`main`]);
  await expect(readdir(cache.folder)).rejects.toThrow('ENOENT');
});

test('a job whose images are pulled on the login node takes what is there, in silence, and pulls nothing', async () => {
  const before = 'images_pulled_by=login';
  const [said = ''] = await run({ before });
  expect(said).toMatch(
    /^: the image was pulled on the login node, and .*\/sha256-1\..*\.sif\/image is not there on here$/,
  );
  await run();
  expect(await run({ before, image: { policy: 'Always' } })).toEqual(['content']);
  expect(await pulls()).toBe(1);
  await mkdir(join(root, 'pod/images/main'), { recursive: true });
  await writeFile(join(root, 'pod/images/main/image'), 'its own\n');
  await writeFile(join(root, 'pod/images/main/access'), `${repository} anybody\n`);
  const own = { key: '', policy: 'Always', isVerified: false } as const;
  expect(await run({ before, image: own })).toEqual(['its own']);
});

test('an image that is a path must be there, and not behind a link', async () => {
  const path = join(root, 'a.sif');
  const own = { image: { path, key: '', imageId: path } };
  expect(await run(own)).toEqual([`: image ${path} is not there on here`]);
  await writeFile(path, 'file\n');
  expect(await run(own)).toEqual(['Pulled Container image "app" already present on machine', 'file']);
  await rm(path);
  await run({ image: own.image, before: `ln -s /etc/passwd ${quoteWord(path)}` }).then((lines) =>
    expect(lines).toEqual([`: image ${path} is not there on here`]),
  );
});
