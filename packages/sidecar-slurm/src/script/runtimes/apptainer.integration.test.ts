import { randomBytes } from 'node:crypto';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  ON_DEMAND_TIMEOUT_MS,
  offers,
  registryAccounts,
  type SlurmClusterData,
  slurmCluster,
  TestImages,
} from '../../../../../test/testbed/index.ts';
import { ClusterJob, type ClusterPod } from '../testing/cluster-job.ts';

const testbed = inject('testbed');
const cannotRun = !offers(testbed, 'slurmCluster');

describe.skipIf(cannotRun)(`Apptainer${cannotRun ? ' (skipped: no cluster can run on this machine)' : ''}`, () => {
  const root = `runtime-${randomBytes(4).toString('hex')}`;
  let cluster: SlurmClusterData;
  let image = '';

  beforeAll(async () => {
    cluster = await slurmCluster(testbed);
    image = `${cluster.registries.open}/busybox:1.36`;
  }, ON_DEMAND_TIMEOUT_MS);
  afterAll(async () => {
    if (cluster !== undefined) await rm(join(cluster.shared, 'alice', root), { recursive: true, force: true });
  });

  const start = async (pod: ClusterPod) => await ClusterJob.start(root, pod, cluster);
  const shell = (text: string) => ({ command: ['sh', '-c', text] });

  test('shows a container nothing of the node: no files, no environment, no other process', async () => {
    const look = 'env; echo --; ls -A / $HOME /tmp /var/tmp; echo --; cat /proc/mounts; echo --; ps; hostname';
    await using job = await start({ containers: [{ name: 'main', image, planned: shell(look) }] });
    expect(await job.ended()).toMatchObject({ exitCode: 0 });
    const text = (await job.log('main')).join('\n');
    const [env = '', files = '', mounts = '', processes = ''] = text.split('\n--\n');
    expect(env).not.toMatch(/LEAKED|SLURM|INTERLINK/);
    expect(env).toMatch(/^HOME=\/home\/alice$/m);
    expect(env).toMatch(/^HOSTNAME=the-pod$/m);
    expect(files).not.toMatch(/shared|\.bashrc|interlink-[0-9a-f]/);
    expect(mounts).not.toMatch(/ \/(shared|home) /);
    expect(processes.split('\n').filter((line) => !/ps$|PID|-c/.test(line))).toEqual([
      expect.stringMatching(/1 alice +appinit/),
      'the-pod',
    ]);
    expect(text).not.toMatch(/INFO|WARNING|FATAL/);
  });

  test('gives variables byte for byte over the image’s own, and names the program that is missing', async () => {
    const hostile = `${cluster.registries.open}/hostile-${root}:1`;
    await new TestImages(cluster.socket).publish(hostile, undefined, {
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: ['echo "$A"; env; pwd'],
      Env: ['FROM_IMAGE=$(id) `id` quoted', 'EMPTIED=full', 'PATH=/bin:/usr/bin'],
      WorkingDir: '/made/for/it',
      User: '4242',
    });
    const A = `' " \\ $HOME $(id) \`id\` ü ☃\n\ttab '\\'' end`;
    const env = [
      ...[
        { name: 'A', value: A },
        { name: 'EMPTIED', value: '' },
        { name: 'HOME', value: '/nowhere' },
      ],
      ...[
        { name: 'UID', value: '7' },
        { name: 'not.this', value: 'x' },
        { name: 'LD_LIBRARY_PATH', value: '/lib/mine' },
      ],
    ];
    const containers = [
      { name: 'main', image: hostile, planned: { env } },
      { name: 'args', image: hostile, planned: { args: ['echo args'], workingDir: '/tmp' } },
      { name: 'absent', image: hostile, planned: { command: ['no-such'] } },
      { name: 'data', image: hostile, planned: { command: ['/etc'] } },
    ];
    await using job = await start({ containers });
    await job.ended();
    const lines = await job.log('main');
    expect(lines.slice(0, 2).join('\n')).toBe(A);
    expect(lines).toEqual(
      expect.arrayContaining([
        'EMPTIED=',
        'HOME=/nowhere',
        'LD_LIBRARY_PATH=/lib/mine',
        'PATH=/bin:/usr/bin',
        '/made/for/it',
      ]),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^FROM_IMAGE=.* `id` quoted$/));
    expect(lines.join('\n')).not.toMatch(/not\.this|uid=/);
    expect(await job.log('args')).toEqual(['args']);
    expect(await job.state('absent')).toMatchObject({
      ...{ reason: 'StartError', exit_code: '128', message: 'exec: "no-such": executable file not found in $PATH' },
    });
    expect(await job.state('data')).toMatchObject({ reason: 'StartError', message: 'exec: "/etc": is a directory' });
    expect(await job.log('absent')).toEqual([]);
    expect(await job.events()).toContain(
      'Warning ImageUserNotHonoured main The image wants to run as user "4242"; it runs as the account 1500',
    );
  });

  test('mounts volumes whatever their paths hold, and lets no sub path lead out', async () => {
    const mount = (path: string, target: string, readOnly = false, subPath?: string) => ({
      ...{ volume: 'v', source: { in: 'pod-folder', path } as const, target, readOnly, subPath },
    });
    const target = '/a, "b"\nc:d=e';
    const text =
      'cat "/a, \\"b\\"\nc:d=e/f"; cat /file /deep/made/here 2>&1; touch /ro/x 2>&1; touch /deep/made/y; touch /written; ls /nested/in';
    const mounts = [
      ...[mount('volumes/v', target), mount('volumes/v', '/file', true, 'f'), mount('volumes/v', '/ro', true)],
      ...[
        mount('volumes/v', '/deep/made', false, 'new/sub'),
        mount('volumes/in', '/nested/in'),
        mount('volumes/v', '/nested'),
      ],
    ];
    const evil = { ...shell('ls /evil'), mounts: [mount('volumes/v', '/evil', false, 'evil')] };
    const containers = [
      { name: 'main', image, planned: { ...shell(text), mounts } },
      { name: 'read-only', image, planned: shell('touch /x 2>&1'), securityContext: { readOnlyRootFilesystem: true } },
      {
        name: 'last-word',
        image,
        planned: { ...shell('echo bye >/dev/termination-log'), terminationMessagePath: '/dev/termination-log' },
      },
      { name: 'evil', image, planned: evil },
    ];
    await using job = await start({ containers, files: { 'volumes/v/f': 'file\n', 'volumes/in/inner': '' } });
    await symlink('/home/alice', join(cluster.shared, job.plan.podFolder.replace('/shared', ''), 'volumes/v/evil'));
    await job.untilState('evil', { reason: 'CreateContainerConfigError' });
    for (const name of ['main', 'read-only', 'last-word']) await job.untilState(name, { state: 'terminated' });
    expect(await job.log('main')).toEqual([
      ...[
        'file',
        'file',
        expect.stringContaining('No such file'),
        expect.stringContaining('Read-only file system'),
        'inner',
      ],
    ]);
    expect(await job.log('read-only')).toEqual([expect.stringContaining('Read-only file system')]);
    expect(await job.read('containers/last-word/0/termination')).toBe('bye\n');
    expect(await job.log('evil')).toEqual([]);
  });

  test('hands signals to the process in the container, and leaves nothing behind', async () => {
    const containers = [
      {
        name: 'traps',
        image,
        planned: shell('trap "echo heard; exit 7" TERM; echo ready; while :; do sleep 0.05; done'),
      },
      { name: 'deaf', image, planned: shell('trap "" TERM; sleep 1000 & echo ready; while :; do sleep 0.05; done') },
    ];
    await using job = await start({ containers, plan: { graceSeconds: 2 } });
    for (const { name } of containers) await job.untilState(name, { state: 'running' });
    await expect
      .poll(async () => [await job.log('traps'), await job.log('deaf')], { timeout: 30_000 })
      .toEqual([['ready'], ['ready']]);
    await job.signal('TERM');
    await job.ended();
    expect(await job.state('traps')).toMatchObject({ exit_code: '7' });
    expect(await job.log('traps')).toEqual(['ready', 'heard']);
    expect(await job.state('deaf')).toMatchObject({ exit_code: '137', signal: '9' });
    expect(await job.leftovers()).toBe('');
  });

  test('hands a signal to a process that has only just begun', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const containers = names.map((name) => ({ name, image, planned: shell('exec sleep 1000') }));
    await using job = await start({ containers });
    // Apptainer is on its way into the container then.
    await job.untilState('a', { state: 'running' });
    await job.signal('TERM');
    await job.ended();
    for (const name of names) {
      const { exit_code, reason } = await job.state(name);
      // Who did not get so far as to be begun has no exit code of its own.
      expect([name, exit_code]).toEqual([name, reason === 'ContainerStatusUnknown' ? '137' : '143']);
    }
    // A launcher whose child never began unmounts its image before it goes; in a job slurmstepd ends it with the script.
    await expect.poll(async () => await job.leftovers(), { timeout: 30_000 }).toBe('');
  });

  test('leaves nothing behind when its script is killed', async () => {
    await using job = await start({ containers: [{ name: 'main', image, planned: shell('echo ready; sleep 1000') }] });
    await job.untilState('main', { state: 'running' });
    await job.signal('KILL');
    await expect.poll(async () => await job.leftovers(), { timeout: 30_000 }).toBe('');
  });

  test('lets commands into a container: its environment and folder, their exit codes, input and what is missing', async () => {
    const planned = { ...shell('echo ready; sleep 1000'), env: [{ name: 'A', value: "it's" }], workingDir: '/tmp' };
    await using job = await start({ containers: [{ name: 'main', image, planned }] });
    await job.untilState('main', { state: 'running' });
    const look = await job.enter('main', ['sh', '-c', 'echo "$A"; pwd; env; echo err >&2; exit 9']);
    expect(look).toMatchObject({ exitCode: 9, stderr: 'err\n', stdout: expect.stringMatching(/^it's\n\/tmp\n/) });
    expect(look.stdout).not.toContain('LEAKED');
    expect(await job.enter('main', ['cat'], 'through\n')).toMatchObject({
      exitCode: 0,
      stdout: 'through\n',
      stderr: '',
    });
    expect(await job.enter('main', ['no-such'])).toEqual({
      ...{ exitCode: 127, stdout: '', stderr: 'exec: "no-such": executable file not found in $PATH\n' },
    });
    expect(await job.enter('main', ['/etc'])).toMatchObject({
      exitCode: 126,
      stderr: 'exec: "/etc": is a directory\n',
    });
  });

  test('starts a container anew, with a root of its own each time', async () => {
    const text = 'ls /mark 2>/dev/null && echo stale; touch /mark /tmp/mark; exit 3';
    const planned = { ...shell(text), restartPolicy: 'OnFailure' } as const;
    await using job = await start({ containers: [{ name: 'main', image, planned }] });
    await job.untilState('main', { attempt: '2' });
    expect([await job.log('main', 0), await job.log('main', 1)]).toEqual([[], []]);
  });

  test('shows a registry the login of the pod, and says what it answers', async () => {
    const { alice } = registryAccounts;
    const locked = `${cluster.registries.withPassword}/busybox:1.36`;
    const containers = [{ name: 'main', image: locked, planned: shell('echo in') }];
    const credentials = [{ registry: cluster.registries.withPassword, ...alice }];
    await using job = await start({ containers, credentials });
    expect(await job.ended()).toMatchObject({ exitCode: 0 });
    expect(await job.log('main')).toEqual(['in']);
    expect(await job.events()).toContainEqual(
      expect.stringMatching(/^Normal Pulled main (Successfully pulled|Container) image /),
    );
    expect(await job.read('job.sh')).not.toContain(alice.password);
    await expect(start({ containers })).rejects.toThrow('wants a login');
  });

  test('says why an image can’t be pulled, and tries again', async () => {
    const away = '127.0.0.1:1/app:1';
    await using job = await start({ containers: [{ name: 'main', image: away, planned: shell('true') }] });
    await job.untilState('main', { reason: 'ImagePullBackOff' });
    expect((await job.state('main')).message).toMatch(/connection refused/);
  });
});
