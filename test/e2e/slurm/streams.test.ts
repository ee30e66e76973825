import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { waitFor } from '../../testbed/index.ts';
import { isReady } from '../drivers/containers.ts';
import { startKubectl } from '../drivers/kubectl-stream.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('streams');
const patient = { timeoutMs: 120_000 };

describe.skipIf(cannotRun)('kubectl reaches into a job', { concurrent: true }, () => {
  test('by exec: output, errors, input and the exit code', async ({ site, namespace, controlPlane }) => {
    await namespace.apply(pod(site.nodeName, 'shell', { containers: [shell('main', untilTerm)] }));
    await namespace.waitForPhase('shell', 'Running', patient);
    expect(await namespace.try('exec', 'shell', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7')).toMatchObject({
      stdout: 'out\n',
      stderr: 'err\ncommand terminated with exit code 7\n',
      exitCode: 7,
    });
    const missing = await namespace.try('exec', 'shell', '--', 'no-such-program');
    expect(missing.exitCode).toBeGreaterThan(0);
    expect(`${missing.stdout}${missing.stderr}`).toContain('no-such-program');
    const { kubectl, kubeconfig } = controlPlane;
    const args = ['--kubeconfig', kubeconfig, '-n', namespace.name, 'exec', '-i', 'shell', '--', 'sha256sum'];
    const child = spawn(kubectl, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(Buffer.alloc(300_000, 'x'));
    expect(await text(child.stdout)).toMatch(/^[0-9a-f]{64} +-\n$/);
  });

  test('by exec -it: a terminal that follows the window', async ({ site, namespace, controlPlane }) => {
    await namespace.apply(pod(site.nodeName, 'terminal', { containers: [shell('main', untilTerm)] }));
    await namespace.waitForPhase('terminal', 'Running', patient);
    const { kubectl, kubeconfig } = controlPlane;
    const command = `${kubectl} --kubeconfig ${kubeconfig} -n ${namespace.name} exec -it terminal -- sh`;
    // https://man7.org/linux/man-pages/man1/script.1.html: a terminal around kubectl. Its name goes to standard error, so that it can be resized.
    const script = `tty >&3; stty rows 33 cols 77; ${command}`;
    const child = spawn('script', ['-qfec', script, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
    const exited = once(child, 'exit');
    let printed = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
    });
    const [named] = (await once(child.stdio[3] as NodeJS.ReadableStream, 'data')) as [Buffer];
    const until = async (pattern: RegExp) => {
      const look = () => {
        if (pattern.test(printed)) return true;
        throw new Error(printed);
      };
      await waitFor(`the terminal to show ${pattern}`, look);
    };
    child.stdin?.write('test -t 0 && until [ "$(stty size)" = "33 77" ]; do sleep 0.2; done; echo first $?\n');
    await until(/first 0\r\n/);
    spawn('stty', ['-F', named.toString().trim(), 'rows', '20', 'cols', '100']);
    child.stdin?.write('until [ "$(stty size)" = "20 100" ]; do sleep 0.2; done; echo second $?\n');
    await until(/second 0\r\n/);
    // ^C is for the command inside, not for kubectl.
    child.stdin?.write('echo wait; sleep 300; echo third\n');
    await until(/\nwait\r\n/);
    child.stdin?.write('\x03');
    child.stdin?.write('exit 3\n');
    expect((await exited)[0]).toBe(3);
  });

  test('by cp: a file there and back', async ({ site, namespace, onTestFinished }) => {
    await namespace.apply(
      pod(site.nodeName, 'files', {
        volumes: [{ name: 'data', emptyDir: {} }],
        containers: [shell('main', untilTerm, { volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
      }),
    );
    await namespace.waitForPhase('files', 'Running', patient);
    const directory = await mkdtemp(join(tmpdir(), 'cp-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const bytes = randomBytes(5_000_000);
    await writeFile(join(directory, 'there'), bytes);
    await namespace.run('cp', join(directory, 'there'), 'files:/data/file');
    await namespace.run('cp', 'files:/data/file', join(directory, 'back'));
    expect(bytes.equals(await readFile(join(directory, 'back')))).toBe(true);
  });

  test('by attach: what a running container prints', async ({ site, namespace, controlPlane }) => {
    const counts = shell('main', 'i=0; while sleep 0.2; do i=$((i+1)); echo tick $i; done');
    await namespace.apply(pod(site.nodeName, 'talks', { containers: [counts] }));
    await namespace.waitForPhase('talks', 'Running', patient);
    const attached = startKubectl(controlPlane, namespace, 'attach', 'talks');
    await attached.waitFor('tick');
    attached.interrupt();
    await attached.end();
    expect((await namespace.pod('talks')).status?.phase).toBe('Running');
  });

  test('by port-forward: a server in the job', async ({ site, namespace, controlPlane }) => {
    const serves = shell(
      'main',
      'mkdir /tmp/www; echo hello > /tmp/www/index.html; exec httpd -f -p 18082 -h /tmp/www',
      {
        readinessProbe: { tcpSocket: { port: 18_082 }, periodSeconds: 1 },
      },
    );
    await namespace.apply(pod(site.nodeName, 'web', { containers: [serves] }));
    await namespace.waitForPod('web', 'ready', isReady, patient);
    const forwarding = startKubectl(controlPlane, namespace, 'port-forward', 'pod/web', ':18082');
    await forwarding.waitFor('Forwarding from 127.0.0.1:');
    const port = /127\.0\.0\.1:(\d+)/.exec(forwarding.printed())?.[1];
    const fetch = () =>
      new Promise<string>((resolve, reject) => {
        get({ host: '127.0.0.1', port, agent: false }, (answer) => resolve(text(answer))).once('error', reject);
      });
    expect(await Promise.all(Array.from({ length: 5 }, fetch))).toEqual(Array(5).fill('hello\n'));
    forwarding.interrupt();
    await forwarding.end();
  });

  test('by logs with all options, during the job and after it', async ({ site, namespace }) => {
    const script =
      'echo one; echo two >&2; printf "three"; until test -e /tmp/go; do sleep 0.2; done; echo; seq 4 1000';
    await namespace.apply(
      pod(site.nodeName, 'logs', { containers: [shell('main', script), shell('other', 'echo other')] }),
    );
    await namespace.waitForPhase('logs', 'Running', patient);
    const log = async (...args: string[]) => await namespace.run('logs', 'logs', '-c', 'main', ...args);
    await namespace.run('exec', 'logs', '-c', 'main', '--', 'touch', '/tmp/go');
    await namespace.waitForPhase('logs', 'Succeeded', patient);
    const whole = `one\ntwo\nthree\n${Array.from({ length: 997 }, (_, index) => `${index + 4}\n`).join('')}`;
    expect(await log()).toBe(whole);
    expect(await log('--tail=2')).toBe('999\n1000\n');
    expect(await log('--limit-bytes=5')).toBe('one\nt');
    expect(await log('--timestamps', '--tail=1')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z 1000\n$/);
    expect(await log('--since-time=2099-01-01T00:00:00Z')).toBe('');
    expect(await namespace.run('logs', 'logs', '-c', 'other')).toBe('other\n');
  });
});
