import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { machine, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlannedImage } from '../../image/planned-image.ts';
import { JobRun } from '../testing/job-run.ts';
import { plannedContainer } from '../testing/plans.ts';
import { planEnroot } from './plan-enroot.ts';

// No machine of ours has enroot: what is asked of it is held against its manual, by a program that notes what it is called with.
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-enroot-'));
  await writeFile(join(folder, 'enroot'), stand);
  await chmod(join(folder, 'enroot'), 0o755);
});
afterEach(async () => await rm(folder, { recursive: true }));

const stand = `#!/bin/bash
notes=\${0%/*}
{ printf '%s' "$1"; printf ' [%s]' "\${@:2}"; echo; } >>"$notes/calls"
case $1 in
  version) echo 3.5.0 ;;
  import)
    cat "$ENROOT_CONFIG_PATH/.credentials" >"$notes/netrc"
    env | grep ^ENROOT_ALLOW >>"$notes/calls"
    case $5 in *absent*) echo '[INFO] Querying registry'; echo '[ERROR] URL … returned error code: 404 Not Found'; exit 1 ;; esac
    echo squashfs >"$3"
    ;;
  create)
    mkdir -p "$ENROOT_DATA_PATH/$3/etc"
    printf 'exec echo from-image "$@"\\n' >"$ENROOT_DATA_PATH/$3/etc/rc"
    ;;
  start)
    rc=$3
    cp "$5" "$notes/conf"
    while [[ $1 != -- ]]; do shift; done
    exec sh "$rc" "\${@:3}"
    ;;
esac
`;

const common = {
  path: '',
  key: 'sha256-1',
  imageId: 'i',
  policy: 'IfNotPresent',
  isVerified: true,
  isInsecure: false,
  lookedFor: '',
} as const;
const image: PlannedImage = {
  ...{ ...common, uri: 'docker://reg.example.org:5000/team/app@sha256:1', name: 'reg.example.org:5000/team/app:1' },
  ...{ repository: 'reg.example.org:5000/team/app', logins: [], accessKeys: ['anybody'] },
};
const site = (root: string) => ({
  runtime: { name: 'enroot', path: join(folder, 'enroot'), prefix: [], options: ['--rw'] } as const,
  folders: { root },
});
const pod: Pod = { metadata: { name: 'p', namespace: 'ns', uid: 'u' }, spec: { containers: [{ name: 'main' }] } };
const options = { enrootOptions: ['--root'], enrootMounts: ['--mount', '/cvmfs:/cvmfs'] };
const runtimeOf = (planned: PlannedImage) => planEnroot(pod, new Map([['main', planned]]), site(folder), options);
const without = (text: string) =>
  text
    .replaceAll(/\S*\/interlink-[^/ \]]*/g, '…')
    .replaceAll(/\.new-[\d-]+/g, '.new')
    .replaceAll(machine(), 'machine');

test('enroot imports, creates and starts as its manual has it', async () => {
  const env = [{ name: 'A', value: `it's $(id)\n` }];
  const source = { in: 'pod-folder', path: 'volumes/v' } as const;
  const mounts = [{ volume: 'v', source, target: '/a b$c\\d', readOnly: true }];
  const main = plannedContainer('main', { command: ['sh', '-c', 'printf %s "$A"; pwd'], workingDir: '/', env, mounts });
  await using job = await JobRun.start({ containers: [main], runtime: runtimeOf({ ...image, isInsecure: true }) });
  expect(await job.ended()).toBe(0);
  expect(await job.text('main')).toBe(`it's $(id)\n/\n`);
  expect(without(await readFile(join(folder, 'calls'), 'utf8'))).toMatchInlineSnapshot(`
    "version []
    import [--output] …/.images/.new/image] [--] [docker://reg.example.org:5000#team/app:1]
    ENROOT_ALLOW_HTTP=yes
    create [--name] [main.0] [--] …/.images/sha256-1.machine.sqsh/image]
    start [--rc] …/.enroot/main.0/rc] [--conf] …/.enroot/main.0/conf] [--rw] [--root] [--mount] [/cvmfs:/cvmfs] [--] [main.0] [sh] [-c] [printf %s "$A"; pwd]
    "
  `);
  expect(without(await readFile(join(folder, 'conf'), 'utf8'))).toMatchInlineSnapshot(`
    "mounts() {
      cat <<'END_OF_MOUNTS'
    …/.enroot/hosts /etc/hosts none x-create=auto,bind,ro,nosuid,nodev
    …/pod/containers/main/0/termination /dev/termination-log none x-create=auto,bind,rw,nosuid,nodev
    …/pod/volumes/v /a\\040b\\044c\\134d none x-create=auto,bind,ro,nosuid,nodev
    END_OF_MOUNTS
    }
    "
  `);
});

test('enroot leaves ENTRYPOINT and CMD to the image, and gives it the args', async () => {
  await using job = await JobRun.start({
    containers: [plannedContainer('main', { command: undefined, args: ['one', 'two words'] })],
    runtime: runtimeOf(image),
  });
  await job.ended();
  expect(await job.text('main')).toBe('from-image one two words\n');
});

test('enroot says what the registry answers, and takes a login as a netrc', async () => {
  const absent = { ...image, name: 'reg.example.org:5000/team/absent:1', logins: [{ username: 'u', password: 'p' }] };
  await using job = await JobRun.start({
    containers: [plannedContainer('main', {})],
    runtime: runtimeOf(absent),
  });
  await job.untilState('main', { reason: 'ErrImagePull' });
  expect((await job.state('main')).message).toBe('URL … returned error code: 404 Not Found');
  await mkdir(job.plan.podFolder, { recursive: true });
  const auth = Buffer.from('u:p').toString('base64');
  await job.write('auth.json', JSON.stringify({ auths: { [absent.repository]: { auth } } }));
  await job.until('a login', async () => (await readFile(join(folder, 'netrc'), 'utf8')) !== '');
  expect(await readFile(join(folder, 'netrc'), 'utf8')).toBe(
    'machine reg.example.org login u password p\nmachine auth.reg.example.org login u password p\n',
  );
});

test('planEnroot() writes images as enroot does, and refuses what it can’t pull', () => {
  const uriOf = (name: string) => runtimeOf({ ...image, name }).containers.main?.uri;
  expect(uriOf('docker.io/library/busybox:1.36')).toBe('docker://library/busybox:1.36');
  expect(uriOf('nvcr.io/nvidia/cuda:12')).toBe('docker://nvcr.io#nvidia/cuda:12');
  expect(runtimeOf({ ...image, path: '/images/a.sqsh', uri: '' }).containers.main?.uri).toBe('');
  expect(() => runtimeOf({ ...image, uri: 'oras://a/b:1' })).toThrow('enroot takes images');
});
