import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { startKubectl } from './drivers/kubectl-stream.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('exec');

describe.skipIf(cannotRun)('kubectl reaches a container on Docker', { concurrent: true }, () => {
  test('exec gives output, errors and the exit code', async ({ site, namespace }) => {
    await namespace.apply(pod(site.nodeName, 'shell', { containers: [shell('main', untilTerm)] }));
    await namespace.waitForPhase('shell', 'Running');
    expect(await namespace.try('exec', 'shell', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7')).toMatchObject({
      stdout: 'out\n',
      stderr: 'err\ncommand terminated with exit code 7\n',
      exitCode: 7,
    });
    expect(await namespace.try('exec', 'shell', '--', 'no-such-program')).toMatchObject({
      stdout: expect.stringContaining('no-such-program'),
      exitCode: 126,
    });
  });

  test('cp carries a file there and back', async ({ site, namespace, onTestFinished }) => {
    await namespace.apply(pod(site.nodeName, 'files', { containers: [shell('main', untilTerm)] }));
    await namespace.waitForPhase('files', 'Running');
    const directory = await mkdtemp(join(tmpdir(), 'cp-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const bytes = randomBytes(5_000_000);
    await writeFile(join(directory, 'there'), bytes);
    await namespace.run('cp', join(directory, 'there'), 'files:/tmp/file');
    await namespace.run('cp', 'files:/tmp/file', join(directory, 'back'));
    expect(bytes.equals(await readFile(join(directory, 'back')))).toBe(true);
  });

  test('attach shows what a running container prints', async ({ site, namespace, controlPlane }) => {
    const counts = shell('main', 'i=0; while sleep 0.2; do i=$((i+1)); echo tick $i; done');
    await namespace.apply(pod(site.nodeName, 'talks', { containers: [counts] }));
    await namespace.waitForPhase('talks', 'Running');
    const attached = startKubectl(controlPlane, namespace, 'attach', 'talks');
    await attached.waitFor('tick');
    attached.interrupt();
    await attached.end();
    expect((await namespace.pod('talks')).status?.phase).toBe('Running');
  });

  test('port-forward reaches a server in the pod', async ({ site, namespace, controlPlane }) => {
    const serves = shell('main', 'mkdir /www; echo hello > /www/index.html; exec httpd -f -p 8080 -h /www');
    await namespace.apply(pod(site.nodeName, 'web', { containers: [serves] }));
    await namespace.waitForPhase('web', 'Running');
    const forwarding = startKubectl(controlPlane, namespace, 'port-forward', 'pod/web', ':8080');
    await forwarding.waitFor('Forwarding from 127.0.0.1:');
    const port = /127\.0\.0\.1:(\d+)/.exec(forwarding.printed())?.[1];
    const fetch = () =>
      new Promise<string>((resolve, reject) => {
        get({ host: '127.0.0.1', port, agent: false }, (answer) => resolve(text(answer))).once('error', reject);
      });
    expect(await Promise.all(Array.from({ length: 10 }, fetch))).toEqual(Array(10).fill('hello\n'));
    forwarding.interrupt();
    await forwarding.end();
  });
});
