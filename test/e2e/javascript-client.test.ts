import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Attach, Exec, KubeConfig, Log, PortForward, type V1Status } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('javascript-client');

function configOf({ kubeconfig }: { kubeconfig: string }): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}

describe.skipIf(cannotRun)('a client that is not kubectl reaches a container on Docker', { concurrent: true }, () => {
  test('Exec: input, output and exit status', async ({ site, namespace, controlPlane }) => {
    await namespace.apply(pod(site.nodeName, 'shell', { containers: [shell('main', untilTerm)] }));
    await namespace.waitForPhase('shell', 'Running');
    const output = new PassThrough();
    const status = Promise.withResolvers<V1Status>();
    const command = ['sh', '-c', 'cat; exit 5'];
    const input = Readable.from([Buffer.from('there and back')]);
    const exec = new Exec(configOf(controlPlane));
    await exec.exec(namespace.name, 'shell', 'main', command, output, null, input, false, status.resolve);
    expect((await status.promise).details?.causes?.[0]?.message).toBe('5');
    output.end();
    expect(await text(output)).toBe('there and back');
  });

  test('Attach: the container’s own input and output', async ({ site, namespace, controlPlane }) => {
    const echoes = shell('main', 'while read line; do echo "heard $line"; done', { stdin: true });
    await namespace.apply(pod(site.nodeName, 'echoes', { containers: [echoes] }));
    await namespace.waitForPhase('echoes', 'Running');
    const [input, output] = [new PassThrough(), new PassThrough()];
    const attach = new Attach(configOf(controlPlane));
    const socket = await attach.attach(namespace.name, 'echoes', 'main', output, null, input, false);
    input.write('hello\n');
    expect(String((await once(output, 'data'))[0])).toBe('heard hello\n');
    socket.close();
    expect((await namespace.pod('echoes')).status?.phase).toBe('Running');
  });

  test('PortForward: a server’s port', async ({ site, namespace, controlPlane }) => {
    const serves = shell('main', 'mkdir /www; echo hello > /www/index.html; exec httpd -f -p 8080 -h /www');
    await namespace.apply(pod(site.nodeName, 'web', { containers: [serves] }));
    await namespace.waitForPhase('web', 'Running');
    await namespace.waitForServer('web', 8080);
    const [input, output] = [new PassThrough(), new PassThrough()];
    const socket = await new PortForward(configOf(controlPlane)).portForward(
      namespace.name,
      'web',
      [8080],
      output,
      null,
      input,
    );
    input.write('GET / HTTP/1.0\r\n\r\n');
    let answer = '';
    for await (const chunk of output) {
      answer += String(chunk);
      if (answer.endsWith('hello\n')) break;
    }
    expect(answer).toMatch(/^HTTP\/1\.[01] 200 OK/);
    if (typeof socket !== 'function') socket.close();
  });

  test('Log: what a container prints, until it ends', async ({ site, namespace, controlPlane }) => {
    const counts = shell('main', 'for i in 1 2 3; do echo line $i; sleep 0.3; done');
    await namespace.apply(pod(site.nodeName, 'counts', { containers: [counts] }));
    await namespace.waitForPod('counts', 'begun', ({ status }) =>
      ['Running', 'Succeeded'].includes(status?.phase ?? ''),
    );
    const output = new PassThrough();
    const log = new Log(configOf(controlPlane));
    await log.log(namespace.name, 'counts', 'main', output, { follow: true });
    expect(await text(output)).toBe('line 1\nline 2\nline 3\n');
  });
});
