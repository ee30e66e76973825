import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
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

/** kubectl speaks WebSocket to the API server, or SPDY/3.1 as it did before 1.30. */
const transports = ['true', 'false'].map((webSockets) => ({
  name: webSockets === 'true' ? 'over WebSockets' : 'over SPDY',
  variables: { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: webSockets, KUBECTL_PORT_FORWARD_WEBSOCKETS: webSockets },
}));

describe.skipIf(cannotRun).for(transports)(
  'kubectl reaches a container on Docker $name',
  {
    concurrent: true,
  },
  ({ variables }) => {
    test('exec gives output, errors and the exit code', async ({ site, namespace: plain }) => {
      const namespace = plain.withEnv(variables);
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

    test('exec -it is a terminal', async ({ site, namespace: plain, controlPlane }) => {
      const namespace = plain.withEnv(variables);
      await namespace.apply(pod(site.nodeName, 'terminal', { containers: [shell('main', untilTerm)] }));
      await namespace.waitForPhase('terminal', 'Running');
      const { kubectl, kubeconfig } = controlPlane;
      const command = `${kubectl} --kubeconfig ${kubeconfig} -n ${namespace.name} exec -it terminal -- sh`;
      // https://man7.org/linux/man-pages/man1/script.1.html: a terminal around kubectl.
      const child = spawn('script', ['-qfec', `stty rows 33 cols 77; ${command}`, '/dev/null'], {
        env: { ...process.env, ...namespace.env },
      });
      // kubectl tells the size beside the input: the shell may read its first line before, when stty fails at a terminal without one.
      child.stdin.write('tty; until [ "$(stty size 2>/dev/null)" = "33 77" ]; do sleep 0.1; done; stty size; exit 3\n');
      const exited = once(child, 'exit');
      const printed = await text(child.stdout);
      expect(printed).toMatch(/\/dev\/pts\/\d+\r\n33 77\r\n/);
      expect((await exited)[0]).toBe(3);
    });

    test('cp carries a file there and back', async ({ site, namespace: plain, onTestFinished }) => {
      const namespace = plain.withEnv(variables);
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

    test('attach shows what a running container prints', async ({ site, namespace: plain, controlPlane }) => {
      const namespace = plain.withEnv(variables);
      const counts = shell('main', 'i=0; while sleep 0.2; do i=$((i+1)); echo tick $i; done');
      await namespace.apply(pod(site.nodeName, 'talks', { containers: [counts] }));
      await namespace.waitForPhase('talks', 'Running');
      const attached = startKubectl(controlPlane, namespace, 'attach', 'talks');
      await attached.waitFor('tick');
      attached.interrupt();
      await attached.end();
      expect((await namespace.pod('talks')).status?.phase).toBe('Running');
    });

    test('port-forward reaches a server in the pod', async ({ site, namespace: plain, controlPlane }) => {
      const namespace = plain.withEnv(variables);
      const serves = shell('main', 'mkdir /www; echo hello > /www/index.html; exec httpd -f -p 8080 -h /www');
      await namespace.apply(pod(site.nodeName, 'web', { containers: [serves] }));
      await namespace.waitForPhase('web', 'Running');
      await namespace.waitForServer('web', 8080);
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
  },
);
