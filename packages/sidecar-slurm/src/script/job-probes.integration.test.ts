import { rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PlannedContainer } from './job-plan.ts';
import { JobRun } from './testing/job-run.ts';
import { shellContainer } from './testing/plans.ts';

/** Hears TERM once `up` is there. */
const forever = 'trap "exit 0" TERM; : >up; sleep 1000 & wait';
const whenUp = 'until test -e up; do sleep 0.02; done';
/** A second of a probe's numbers. */
const fast = { secondMs: 100 };

async function httpServer(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const probed = (probes: PlannedContainer['probes'], parts: Partial<PlannedContainer> = {}) =>
  shellContainer('main', forever, { probes, restartPolicy: 'Always', ...parts });

describe.concurrent('probes in a job', () => {
  const shared = {
    volume: 'shared',
    source: { in: 'pod-folder', path: 'volumes/shared' },
    target: '/shared',
    readOnly: false,
  } as const;
  const isThere = (name: string) => ({ exec: { command: ['sh', '-c', `test -e "$INTERLINK_VOLUME_SHARED/${name}"`] } });
  const often = { periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 900 };

  test('readiness makes a container ready when its command succeeds, and unready when it fails', async () => {
    const readinessProbe = { ...isThere('ready'), ...often };
    await using job = await JobRun.start({ containers: [probed({ readinessProbe }, { mounts: [shared] })] }, fast);
    await job.untilState('main', { state: 'running', ready: 'false', started: 'true' });
    await job.write('volumes/shared/ready', '');
    await job.untilState('main', { ready: 'true' });
    await rm(join(job.plan.podFolder, 'volumes/shared/ready'));
    await job.untilState('main', { ready: 'false' });
    expect(await job.events()).toContain('Warning Unhealthy main Readiness probe failed: ');
  });

  test('liveness kills a container that does not end within its grace period', async () => {
    const livenessProbe = { exec: { command: ['false'] }, ...often };
    const stubborn = shellContainer('main', 'trap "" TERM; while :; do sleep 0.05; done', {
      probes: { livenessProbe },
      restartPolicy: 'Always',
    });
    await using job = await JobRun.start({ graceSeconds: 2, containers: [stubborn] }, fast);
    await job.untilState('main', { attempt: '1', last_exit_code: '137' });
    expect(await job.state('main')).not.toHaveProperty('last_reason', 'OOMKilled');
  });

  test('liveness restarts a container after as many failures as it says', async () => {
    const livenessProbe = {
      exec: { command: ['sh', '-c', `${whenUp}; echo "no\tlife"; echo two; exit 1`] },
      periodSeconds: 1,
      failureThreshold: 2,
      timeoutSeconds: 900,
    };
    await using job = await JobRun.start({ containers: [probed({ livenessProbe })] }, fast);
    await job.untilState('main', { attempt: '1', state: 'running' });
    job.signal('SIGTERM');
    await job.ended();
    const events = await job.events();
    expect(events.slice(2, 6)).toEqual([
      'Warning Unhealthy main Liveness probe failed: no life\\ntwo\\n',
      'Warning Unhealthy main Liveness probe failed: no life\\ntwo\\n',
      'Normal Killing main Container main failed liveness probe, will be restarted',
      'Normal Created main Container created',
    ]);
    expect(await job.state('main')).toMatchObject({ last_exit_code: '0', last_reason: 'Completed' });
  });

  test('startup holds back the other probes and all that comes after', async () => {
    const probes = {
      startupProbe: { ...isThere('up'), ...often, failureThreshold: 1_000_000 },
      livenessProbe: { exec: { command: ['false'] }, ...often },
    };
    const side = shellContainer('side', forever, {
      kind: 'sidecar',
      restartPolicy: 'Always',
      probes,
      mounts: [shared],
    });
    await using job = await JobRun.start({ containers: [side, shellContainer('main', 'true')] }, fast);
    await job.untilState('side', { state: 'running', started: 'false' });
    await job.until('a failure', async () =>
      (await job.events()).some((event) => event.includes('Startup probe failed')),
    );
    expect(await job.state('main')).toMatchObject({ state: 'waiting', reason: 'PodInitializing' });
    expect((await job.events()).filter((event) => event.includes('Liveness'))).toEqual([]);
    await job.write('volumes/shared/up', '');
    expect(await job.ended()).toBe(0);
  });

  test('one that takes too long has failed, and its command is ended', async () => {
    const livenessProbe = {
      exec: { command: ['sleep', '100'] },
      timeoutSeconds: 1,
      periodSeconds: 1,
      failureThreshold: 1,
      terminationGracePeriodSeconds: 0,
    };
    await using job = await JobRun.start({ containers: [probed({ livenessProbe }, { restartPolicy: 'Never' })] });
    expect(await job.ended()).toBe(137);
    expect(await job.events()).toContain(
      'Warning Unhealthy main Liveness probe failed: command timed out: "sleep 100" timed out after 1s',
    );
  });

  test('an HTTP probe sends what the kubelet sends, follows on the same host, and takes 200 to 399', async () => {
    const seen: string[] = [];
    await using server = await httpServer((request, response) => {
      seen.push(`${request.url} ${request.headers.host} ${request.headers['user-agent']} ${request.headers['x-a']}`);
      if (request.url === '/start?q=1') response.writeHead(302, { location: '/there' }).end();
      else response.writeHead(request.url === '/there' ? 204 : 404).end();
    });
    const httpGet = {
      host: '127.0.0.1',
      port: 'web',
      path: '/start?q=1',
      httpHeaders: [{ name: 'x-a', value: "it's $(b)" }],
    };
    const readinessProbe = { httpGet, periodSeconds: 1, timeoutSeconds: 900 };
    const ports = { ports: [{ name: 'web', containerPort: server.port }] };
    await using job = await JobRun.start({ containers: [probed({ readinessProbe }, { ports })] }, fast);
    await job.untilState('main', { ready: 'true' });
    expect(seen[0]).toBe(`/start?q=1 127.0.0.1:${server.port} kube-probe/1.34 it's $(b)`);
    expect(seen[1]).toMatch(/^\/there /);
  });

  test('an HTTP probe tells the status, and never the body', async () => {
    await using server = await httpServer((_, response) => response.writeHead(500).end('a secret'));
    const readinessProbe = { httpGet: { host: '127.0.0.1', port: server.port }, periodSeconds: 1, timeoutSeconds: 900 };
    await using job = await JobRun.start({ containers: [probed({ readinessProbe })] }, fast);
    const told = 'Warning Unhealthy main Readiness probe failed: HTTP probe failed with statuscode: 500';
    await job.until('the event', async () => (await job.events()).includes(told));
  });

  test('an HTTP probe gives up a server that does not answer', async () => {
    await using server = await httpServer(() => undefined);
    const readinessProbe = { httpGet: { host: '127.0.0.1', port: server.port, path: '/x' }, periodSeconds: 1 };
    await using job = await JobRun.start({ containers: [probed({ readinessProbe })] }, fast);
    const why = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    const told = `Warning Unhealthy main Readiness probe failed: Get "http://127.0.0.1:${server.port}/x": ${why}`;
    await job.until('the event', async () => (await job.events()).includes(told));
  });

  test('a port that nobody listens on is refused in Go’s words', async () => {
    const readinessProbe = { tcpSocket: { host: '127.0.0.1', port: 1 }, periodSeconds: 1, timeoutSeconds: 900 };
    await using job = await JobRun.start({ containers: [probed({ readinessProbe })] }, fast);
    const told = 'Warning Unhealthy main Readiness probe failed: dial tcp 127.0.0.1:1: connect: connection refused';
    await job.until('the event', async () => (await job.events()).includes(told));
  });

  test('a TCP probe succeeds with a connection', async () => {
    await using server = await httpServer(() => undefined);
    const readinessProbe = {
      tcpSocket: { host: '127.0.0.1', port: server.port },
      periodSeconds: 1,
      timeoutSeconds: 900,
    };
    await using job = await JobRun.start({ containers: [probed({ readinessProbe })] }, fast);
    await job.untilState('main', { ready: 'true' });
  });
});

describe.concurrent('hooks in a job', () => {
  test('a container counts as running when postStart is over', async () => {
    const hooks = { postStart: { exec: { command: ['sh', '-c', 'sleep 0.5; echo hook >>hooked'] } } };
    await using job = await JobRun.start({ containers: [shellContainer('main', forever, { hooks })] });
    await job.untilState('main', { state: 'running', ready: 'true', started: 'true' });
    expect(job.output).toBe('');
  });

  test('a postStart that fails ends its container', async () => {
    const hooks = { postStart: { exec: { command: ['sh', '-c', `${whenUp}; exit 1`] } } };
    await using job = await JobRun.start({ containers: [shellContainer('main', forever, { hooks })] });
    expect(await job.ended()).toBe(0);
    expect((await job.events()).slice(2)).toEqual([
      'Warning FailedPostStartHook main PostStartHook failed',
      'Normal Killing main Stopping container main',
    ]);
  });

  test('preStop runs before TERM, its failure is told', async () => {
    const hooks = { preStop: { exec: { command: ['sh', '-c', 'touch stopped; exit 1'] } } };
    const text = 'trap "test -e stopped && echo after; exit 0" TERM; echo up; sleep 1000 & wait';
    await using job = await JobRun.start({ containers: [shellContainer('main', text, { hooks })] });
    await job.until('it is up', async () => (await job.text('main').catch(() => '')).includes('up'));
    job.signal('SIGTERM');
    await job.ended();
    expect(await job.text('main')).toBe('up\nafter\n');
    expect(await job.events()).toContain('Warning FailedPreStopHook main PreStopHook failed');
  });

  test('an HTTP hook succeeds with any answer, a sleep with its time', async () => {
    const seen: string[] = [];
    await using server = await httpServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['user-agent']}`);
      response.writeHead(500).end();
    });
    const hooks = {
      postStart: { httpGet: { host: '127.0.0.1', port: server.port, path: '/hook' } },
      preStop: { sleep: { seconds: 3 } },
    };
    await using job = await JobRun.start({ containers: [shellContainer('main', forever, { hooks })] }, fast);
    await job.untilState('main', { state: 'running' });
    expect(seen).toEqual(['GET /hook kube-lifecycle/1.34']);
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(0);
  });
});
