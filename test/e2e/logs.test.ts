import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { startKubectl } from './drivers/kubectl-stream.ts';
import { pod, shell } from './drivers/pods.ts';
import { endByThemselves } from './drivers/running-pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('logs');

describe.skipIf(cannotRun)('kubectl logs', { concurrent: true }, () => {
  test('-f shows lines as they come, and ends with the container', async ({
    site,
    namespace,
    engine,
    controlPlane,
  }) => {
    const containers = [shell('main', `trap "echo two; exit 0" TERM; echo one; while true; do sleep 0.1; done`)];
    await namespace.apply(pod(site.nodeName, 'followed', { containers }));
    const running = await namespace.waitForPhase('followed', 'Running');

    const log = startKubectl(controlPlane, namespace, 'logs', '-f', 'followed');
    await log.waitFor('one\n');
    expect((await namespace.pod('followed')).status?.phase).toBe('Running');
    await endByThemselves([running], engine);
    expect(await log.end()).toEqual({ stdout: 'one\ntwo\n', exitCode: 0 });
    await namespace.waitForPhase('followed', 'Succeeded');
    expect(await namespace.run('logs', '-f', 'followed')).toBe('one\ntwo\n');
  });

  test('-f ends when its reader goes, and the container runs on', async ({ site, namespace, controlPlane }) => {
    const containers = [shell('main', 'while true; do echo tick; sleep 0.2; done')];
    await namespace.apply(pod(site.nodeName, 'ticking', { containers }));
    await namespace.waitForPhase('ticking', 'Running');

    const log = startKubectl(controlPlane, namespace, 'logs', '-f', 'ticking');
    await log.waitFor('tick\ntick\n');
    log.interrupt();
    await log.end();
    expect((await namespace.findPod('ticking'))?.status?.phase).toBe('Running');
  });

  test('takes --tail, --timestamps, --limit-bytes and --since', async ({ site, namespace }) => {
    const containers = [shell('main', 'echo old; sleep 4; for n in 1 2 3; do echo line $n; done')];
    await namespace.apply(pod(site.nodeName, 'chosen', { containers }));
    await namespace.waitForPhase('chosen', 'Succeeded');

    const all = 'old\nline 1\nline 2\nline 3\n';
    const log = async (...flags: string[]) => await namespace.run('logs', 'chosen', ...flags);
    expect(await log()).toBe(all);
    expect(await log('--tail=2')).toBe('line 2\nline 3\n');
    expect(await log('--tail=0')).toBe('');
    expect(await log('--tail=99')).toBe(all);
    expect(await log('--limit-bytes=7')).toBe(all.slice(0, 7));
    expect(await log(`--limit-bytes=${all.length}`)).toBe(all);
    expect(await log('--since=1h')).toBe(all);

    const stamped = (await log('--timestamps')).trimEnd().split('\n');
    expect(stamped.map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z /, ''))).toEqual(
      all.trimEnd().split('\n'),
    );
    const [, second = ''] = stamped;
    expect(await log(`--since-time=${second.slice(0, second.indexOf(' '))}`)).toBe('line 1\nline 2\nline 3\n');
  });

  test('-c chooses the container, and an unknown one or one that waits is told', async ({ site, namespace }) => {
    const waiting = { ...shell('waiting', 'true'), image: 'localhost/no-such-image:1', imagePullPolicy: 'Never' };
    const containers = [shell('a', 'echo from a; sleep 60'), shell('b', 'echo from b; sleep 60')];
    await namespace.apply(
      pod(site.nodeName, 'several', { containers }),
      pod(site.nodeName, 'imageless', { containers: [waiting] }),
    );
    await namespace.waitForPhase('several', 'Running');

    for (const name of ['a', 'b']) {
      const log = async () => await namespace.run('logs', 'several', '-c', name);
      await waitFor(`the log of ${name}`, async () => (await log()) === `from ${name}\n`);
    }
    // kubectl asks for the containers in no order of its own.
    const all = await namespace.run('logs', 'several', '--all-containers');
    expect(all.split('\n').sort()).toEqual(['', 'from a', 'from b']);
    const unknown = await namespace.try('logs', 'several', '-c', 'c');
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('container c is not valid for pod') });

    await namespace.waitForWaiting('imageless', 'waiting', /ErrImageNeverPull/);
    const imageless = await namespace.try('logs', 'imageless');
    expect(imageless.exitCode).toBe(1);
    expect(imageless.stderr).toContain('container "waiting" in pod "imageless" is waiting to start');
  });
});
