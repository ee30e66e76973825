import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { machine, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodEvent } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PlannedImage } from '../image/planned-image.ts';
import { jobPlan, plannedContainer } from '../script/testing/plans.ts';
import { pullByScript } from './pull-image.ts';
import { renderPullScript } from './render-pull-script.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-pull-'));
  for (const name of ['pod', 'tmp', 'cache']) await mkdir(join(root, name));
  await program('echo content >"$file"');
});
afterEach(async () => await rm(root, { recursive: true }));

/** A program in the place of Apptainer, or of enroot, which notes how it is called and what it sees. @param pull what it does to make `$file` */
async function program(pull: string): Promise<void> {
  const text = `#!/bin/bash
case "$*" in
  --version | version) echo version 1.4 ;;
  'pull --help') echo --authfile ;;
  'import --output '*) echo content >"$3" ;;
  '-s pull '*)
    printf '%s ' "$@" >>'${root}/calls'
    env >'${root}/environment'
    while (($# > 1)); do
      [[ $1 == --authfile ]] && cat -- "$2" >'${root}/shown'
      file=$1
      shift
    done
    ${pull}
    ;;
esac
`;
  await writeFile(join(root, 'program'), text);
  await chmod(join(root, 'program'), 0o755);
}

const planned: PlannedImage = {
  ...{ uri: 'docker://reg.example.org/a@sha256:1', name: 'reg.example.org/a:1', path: '', key: 'sha256-1' },
  ...{ imageId: 'reg.example.org/a@sha256:1', policy: 'IfNotPresent', repository: 'reg.example.org/a' },
  ...{ isVerified: true, logins: [], accessKeys: ['anybody'], isInsecure: false, lookedFor: '' },
};

interface Wanted {
  readonly image?: Partial<PlannedImage>;
  readonly signal?: AbortSignal;
  readonly driver?: 'apptainer' | 'enroot';
}

/** Pulls the image of a pod's only container. @returns how it ended, and its events */
async function pull({ image = {}, signal = new AbortController().signal, driver }: Wanted = {}) {
  const events: PodEvent[] = [];
  const scriptPath = await script(image, driver);
  const env = { ...process.env, TMPDIR: join(root, 'tmp'), HTTPS_PROXY: 'http://proxy', SECRET_TOKEN: 'no' };
  const run = pullByScript('/bin/bash', env);
  const ending = await run({ scriptPath, container: 'main', signal, onEvent: (event) => events.push(event) });
  return { ending, events: events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`) };
}

async function script(image: Partial<PlannedImage>, driver: Wanted['driver'] = 'apptainer'): Promise<string> {
  const wanted = { ...planned, ...image };
  const common = {
    path: join(root, 'program'),
    imageCache: join(root, 'cache'),
    hostname: 'p',
    hostLines: [],
    options: [],
  };
  const main = { image: wanted, uri: 'docker://reg.example.org#a:1', isReadOnly: false };
  const path = join(root, 'pod', 'pull.sh');
  const plan = jobPlan({
    podFolder: join(root, 'pod'),
    containers: [plannedContainer('main', { imagePullPolicy: wanted.policy })],
    imagesPulledBy: 'login',
    runtime:
      driver === 'apptainer'
        ? { driver, ...common, prefix: [], containers: { main } }
        : { driver, ...common, containers: { main } },
  });
  await writeFile(path, renderPullScript(plan), { mode: 0o600 });
  return path;
}

const entry = `sha256-1.${machine()}.sif`;
const begun = async () => await vi.waitFor(async () => await readFile(join(root, 'begun')), { timeout: 20_000 });

test('an image is pulled into the cache once, with what it is allowed to see, and nothing else is left', async () => {
  const { ending, events } = await pull();
  expect(ending).toEqual({ kind: 'pulled' });
  expect(events).toEqual([
    'Normal Pulling: Pulling image "busybox"',
    expect.stringMatching(/^Normal Pulled: Successfully pulled image "busybox" in .* Image size: 8 bytes\.$/),
  ]);
  expect(await pull()).toEqual({
    ending,
    events: ['Normal Pulled: Container image "busybox" already present on machine and can be accessed by the pod'],
  });
  expect((await readFile(join(root, 'calls'), 'utf8')).match(/docker:/g)).toHaveLength(1);
  expect(await readdir(join(root, 'cache'))).toEqual([entry]);
  expect(await readdir(join(root, 'tmp'))).toEqual([]);
  const environment = await readFile(join(root, 'environment'), 'utf8');
  expect(environment).toContain('HTTPS_PROXY=http://proxy');
  expect(environment).not.toContain('SECRET_TOKEN');
});

test('a login is shown by a file, and by no word that others can see', async () => {
  const login = { username: 'alice', password: 'open sesame' };
  await writeFile(join(root, 'pod', 'auth.json'), '{"auths":{"reg.example.org/a":{"auth":"b3Blbg=="}}}', {
    mode: 0o600,
  });
  expect((await pull({ image: { logins: [login], accessKeys: ['key'] } })).ending).toEqual({ kind: 'pulled' });
  expect(await readFile(join(root, 'shown'), 'utf8')).toContain('b3Blbg==');
  for (const name of ['calls', 'environment', 'pod/pull.sh']) {
    expect(await readFile(join(root, name), 'utf8')).not.toMatch(/sesame|b3Blbg/);
  }
});

test('the registry’s words come back, and what is half made does not stay', async () => {
  await program('echo half >"$file"; echo "FATAL:   While making image: manifest unknown" >&2; exit 255');
  expect((await pull()).ending).toEqual({
    ...{ kind: 'failed', reason: 'ErrImagePull', message: 'While making image: manifest unknown' },
  });
  expect(await readdir(join(root, 'cache'))).toEqual([]);
  expect((await pull({ image: { policy: 'Never' } })).ending).toMatchObject({ reason: 'ErrImageNeverPull' });
  await rm(join(root, 'program'));
  expect((await pull()).ending).toMatchObject({ message: expect.stringMatching(/^cannot run .*program on /) });
});

test('an image without a digest that is wanted anew lies in the pod’s folder, where its job looks for it', async () => {
  expect((await pull({ image: { key: '', policy: 'Always', isVerified: false } })).ending).toEqual({ kind: 'pulled' });
  expect(await readdir(join(root, 'pod', 'images'))).toEqual(['main']);
  expect(await readdir(join(root, 'cache'))).toEqual([]);
});

test('enroot’s images are pulled by the same way', async () => {
  expect((await pull({ driver: 'enroot' })).ending).toEqual({ kind: 'pulled' });
  expect(await readdir(join(root, 'cache'))).toEqual([`sha256-1.${machine()}.sqsh`]);
});

test('a pull that nobody wants any more ends, with all that it has begun', async () => {
  await program(`echo half >"$file"; : >'${root}/begun'; sleep 1000`);
  const stop = new AbortController();
  const pulling = pull({ signal: stop.signal });
  await begun();
  stop.abort();
  await pulling;
  expect(await readdir(join(root, 'cache'))).toEqual([]);
  expect(await readdir(join(root, 'tmp'))).toEqual([]);
});

test('what a killed sidecar had begun is finished, and taken by who comes after it', async () => {
  await program(`: >'${root}/begun'; until [[ -e '${root}/go' ]]; do sleep 0.05; done; echo content >"$file"`);
  const left = spawn('/bin/bash', [await script({}), 'main'], {
    ...{ env: { ...process.env, TMPDIR: join(root, 'tmp') }, stdio: ['ignore', 'pipe', 'ignore'] },
  });
  const ended = once(left, 'exit');
  await begun();
  // Nobody reads what it tells any more.
  left.stdout.destroy();
  const after = pull();
  await writeFile(join(root, 'go'), '');
  expect((await after).ending).toEqual({ kind: 'pulled' });
  expect((await readFile(join(root, 'calls'), 'utf8')).match(/docker:/g)).toHaveLength(1);
  // The image is there a moment before its lock is gone.
  await ended;
  expect(await readdir(join(root, 'cache'))).toEqual([entry]);
  expect(await readdir(join(root, 'tmp'))).toEqual([]);
});
