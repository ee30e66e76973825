import { describe, expect } from 'vitest';
import { pod, shell } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('containers');

describe.skipIf(cannotRun)('containers of a pod', { concurrent: true }, () => {
  test('share localhost: one serves what the other fetches', async ({ site, namespace }) => {
    const serve = 'mkdir /www; echo served > /www/page; httpd -f -p 8080 -h /www';
    const fetch = 'until wget -q -O - http://127.0.0.1:8080/page; do sleep 0.2; done';
    const containers = [shell('server', serve), shell('client', fetch)];
    await namespace.apply(pod(site.nodeName, 'pair', { containers }));

    await namespace.waitForPod(
      'pair',
      'half ended',
      ({ status }) =>
        status?.containerStatuses?.some(({ name, state }) => name === 'client' && state?.terminated?.exitCode === 0) ===
        true,
    );
    const server = (await namespace.pod('pair')).status?.containerStatuses?.find(({ name }) => name === 'server');
    expect(server).toMatchObject({ ready: true, started: true, restartCount: 0 });
    expect(await namespace.run('logs', 'pair', '-c', 'client')).toMatch(/^(wget: .*\n)*served\n$/);
    expect(await namespace.run('get', 'pod', 'pair')).toMatch(/pair +1\/2 /);
  });

  test('that exit 3 fail the pod, and kubectl shows it', async ({ site, namespace }) => {
    const script = 'echo to stdout; echo to stderr >&2; exit 3';
    await namespace.apply(pod(site.nodeName, 'three', { containers: [shell('main', script)] }));

    const failed = await namespace.waitForPhase('three', 'Failed');
    expect(failed.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(await namespace.run('get', 'pod', 'three')).toMatch(/three +0\/1 +Error +0 /);
    expect(await namespace.run('describe', 'pod', 'three')).toMatch(/Reason: +Error\n +Exit Code: +3\n/);
    // The engine does not promise which of the two streams comes first.
    const lines = (await namespace.run('logs', 'three')).trim().split('\n');
    expect(lines.sort()).toEqual(['to stderr', 'to stdout']);
  });

  test('begin after the init containers, which run one after another', async ({ site, namespace }) => {
    const volumeMounts = [{ name: 'notes', mountPath: '/notes' }];
    const note = (name: string, until = 'true') => {
      const script = `until ${until}; do sleep 0.2; done; cat /notes/list 2>/dev/null; echo ${name} >> /notes/list`;
      return shell(name, script, { volumeMounts });
    };
    await namespace.apply(
      pod(site.nodeName, 'ordered', {
        volumes: [{ name: 'notes', emptyDir: {} }],
        initContainers: [note('first', 'test -e /notes/go'), note('second')],
        containers: [shell('main', 'cat /notes/list', { volumeMounts })],
      }),
    );

    const initializing = await namespace.waitForPod(
      'ordered',
      'initializing',
      ({ status }) => status?.initContainerStatuses?.[0]?.state?.running != null,
    );
    expect(initializing.status?.phase).toBe('Pending');
    expect(initializing.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('PodInitializing');
    await namespace.run('exec', 'ordered', '-c', 'first', '--', 'touch', '/notes/go');

    const ended = await namespace.waitForPhase('ordered', 'Succeeded');
    expect(await namespace.run('logs', 'ordered', '-c', 'second')).toBe('first\n');
    expect(await namespace.run('logs', 'ordered')).toBe('first\nsecond\n');
    const initialized = ended.status?.conditions?.find(({ type }) => type === 'Initialized');
    expect(initialized?.status).toBe('True');
  });

  test('are not begun when an init container fails', async ({ site, namespace }) => {
    await namespace.apply(
      pod(site.nodeName, 'uninitialized', {
        initContainers: [shell('bad', 'exit 7')],
        containers: [shell('main', 'echo never')],
      }),
    );

    const failed = await namespace.waitForPhase('uninitialized', 'Failed');
    expect(failed.status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode).toBe(7);
    expect(failed.status?.containerStatuses?.[0]?.state?.running).toBeUndefined();
    expect(await namespace.run('get', 'pod', 'uninitialized')).toMatch(/uninitialized +0\/1 +Init:Error +0 /);
  });
});
