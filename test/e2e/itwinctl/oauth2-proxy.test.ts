import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runVirtualKubelet } from '@interlink/virtual-kubelet';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ensureOAuth2Proxy, kubectl, ON_DEMAND_TIMEOUT_MS, waitFor } from '../../testbed/index.ts';
import { TestIssuer } from '../../testbed/oidc/test-issuer.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { identifyProcess } from '../../testbed/process/process-identity.ts';
import { SitePart } from '../../testbed/site/site-part.ts';
import { Itwinctl, nobody, ours } from '../drivers/itwinctl.ts';
import { startKubectl } from '../drivers/kubectl-stream.ts';
import { Namespace } from '../drivers/namespace.ts';
import { NodeView } from '../drivers/node.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';
import { isComplete, lacks, partsOf } from '../drivers/testbed-parts.ts';

const testbed = inject('testbed');
const cannotRun = !isComplete(testbed) || lacks(testbed, 'itwinctl');

const nodeName = 'e2e-oauth2-proxy';
const clients = [
  { id: 'vk', secret: 'unused here', groups: ['kubelets', 'more'] },
  { id: 'outsider', secret: 'unused here', groups: ['others'] },
];

// One site behind the proxy for all tests of this file: a virtual kubelet, then oauth2-proxy, InterLink and the sidecar `process`.
let issuer: TestIssuer;
let itwinctl: Itwinctl;
let port = 0;
let vk: SitePart;
let namespace: Namespace;

/** What a virtual kubelet is told of the site, with this token. */
async function kubeletEnv(name: string, token: string): Promise<Record<string, string>> {
  const file = join(itwinctl.home, `${name}.token`);
  await writeFile(file, token, { mode: 0o600 });
  return {
    ...{ INTERLINKURL: 'http://127.0.0.1', INTERLINKPORT: String(port), VKTOKENFILE: file, POD_IP: '127.0.0.1' },
    ...{ XDG_CONFIG_HOME: join(itwinctl.home, name), XDG_STATE_HOME: join(itwinctl.home, name), LOGLEVEL: 'error' },
  };
}

beforeAll(async () => {
  if (cannotRun) return;
  const { signal } = new AbortController();
  const proxy = await ensureOAuth2Proxy({ onProgress: (line) => void process.stderr.write(`${line}\n`), signal });
  issuer = await TestIssuer.start({ clients, ttlSeconds: 3_600 });
  [port = 0] = await findFreePorts(1);
  itwinctl = await Itwinctl.create({
    programs: { interlink: ours('interlink'), 'process-sidecar': ours('process-sidecar') },
    env: (home) => ({
      ...{ ITWIN_ISSUER: issuer.url, ITWIN_AUDIENCE: 'interlink', ITWIN_GROUPS: 'admins, kubelets' },
      ...{ ITWIN_PORT: String(port), ITWIN_SIDECAR: 'process-sidecar', SIDECARURL: `unix://${home}/run/process.sock` },
    }),
  });
  const sum = createHash('sha256')
    .update(await readFile(proxy))
    .digest('hex');
  await itwinctl.do('install', '--from', proxy, '--sha256', sum);
  await itwinctl.do('start');
  const { controlPlane } = partsOf(testbed);
  const { PATH = '' } = process.env;
  const env = { ...(await kubeletEnv('vk', await issuer.token('vk'))), LOGLEVEL: 'info', PATH, HOME: itwinctl.home };
  const args = ['--nodename', nodeName, '--port', '0', '--kubeconfig', controlPlane.kubeconfig];
  vk = new SitePart({ name: 'vk', args, env, directory: itwinctl.home });
  await vk.start('backend within reach');
  namespace = await Namespace.create(nodeName, controlPlane);
}, ON_DEMAND_TIMEOUT_MS);

afterAll(async () => {
  // While somebody is there to end them: they are processes of this machine.
  await namespace?.run('delete', 'pods', '--all', '--timeout=50s');
  await namespace?.delete();
  await vk?.stop();
  if (itwinctl !== undefined) await kubectl(testbed, ['delete', 'node', nodeName, '--wait=false']);
  await itwinctl?.[Symbol.asyncDispose]();
  await issuer?.stop();
});

describe.skipIf(cannotRun)('through oauth2-proxy', { concurrent: true }, () => {
  test('a pod is created, watched, and its log followed to its end', async () => {
    const script = 'echo first; until [ -e "$0.go" ]; do sleep 0.1; done; echo last';
    const flag = join(itwinctl.home, 'follow');
    const container = { ...shell('main', script), command: ['/bin/sh', '-c', script, flag] };
    await namespace.apply(pod(nodeName, 'follow', { containers: [container] }));
    await namespace.waitForPhase('follow', 'Running');
    const followed = startKubectl(partsOf(testbed).controlPlane, namespace, 'logs', '-f', 'follow');
    // What is printed comes through while the log is open: nothing on the way waits for more of it.
    await followed.waitFor('first\n');
    await writeFile(`${flag}.go`, '');
    expect(await followed.end()).toEqual({ stdout: 'first\nlast\n', exitCode: 0 });
    await namespace.waitForPhase('follow', 'Succeeded');
  });

  test('exec and port-forward, WebSockets on this way, carry both directions', async () => {
    const { controlPlane } = partsOf(testbed);
    const [inside = 0] = await findFreePorts(1);
    const serve = `require('http').createServer((q, a) => a.end('hello')).listen(${inside}, '127.0.0.1', () => console.log('up'))`;
    const server = { name: 'web', image: 'any', command: [process.execPath, '-e', serve] };
    await namespace.apply(pod(nodeName, 'streams', { containers: [shell('main', untilTerm), server] }));
    await namespace.waitForPhase('streams', 'Running');
    const args = ['-n', namespace.name, 'exec', '-i', 'streams', '-c', 'main', '--', 'sh', '-c', 'cat; exit 7'];
    const said = await kubectl({ controlPlane }, args, { input: 'there and back' });
    expect(said).toMatchObject({ stdout: 'there and back', exitCode: 7 });

    await waitFor('the server', async () => (await namespace.run('logs', 'streams', '-c', 'web')) === 'up\n');
    const forwarding = startKubectl(controlPlane, namespace, 'port-forward', 'pod/streams', `:${inside}`);
    await forwarding.waitFor('Forwarding from 127.0.0.1:');
    const outside = /127\.0\.0\.1:(\d+)/.exec(forwarding.printed())?.[1];
    const fetched = await waitFor('the answer', async () => {
      return await new Promise<string>((resolve, reject) => {
        get({ host: '127.0.0.1', port: outside, agent: false }, (answer) => resolve(text(answer))).once(
          'error',
          reject,
        );
      });
    });
    expect(fetched).toBe('hello');
    forwarding.interrupt();
    await forwarding.end();
  });

  test.each<[string, () => Promise<string> | string, RegExp]>([
    ['no', () => '', /The token file \S+\.token is empty/],
    ['somebody’s', async () => await issuer.token('vk', 'else'), /answered 403 with a page: Sign In/],
    [
      'an expired',
      async () => await issuer.sign({ groups: ['kubelets'], exp: 1 }),
      /answered 403 with a page: Sign In/,
    ],
    ['a forged', async () => `${(await issuer.token('vk')).slice(0, -4)}AAAA`, /answered 403 with a page: Sign In/],
    ['another group’s', async () => await issuer.token('outsider'), /answered 403 with a page: 403 Forbidden/],
  ])('a virtual kubelet with %s token says on its node which file that was, and why', async (which, token, reason) => {
    const name = `${nodeName}-${which.replaceAll(/\W+/g, '-')}x`;
    const env = await kubeletEnv(name, await token());
    const { controlPlane } = partsOf(testbed);
    const node = new NodeView(name, controlPlane);
    const ended = new AbortController();
    const running = runVirtualKubelet(
      { nodename: name, port: 0, kubeconfig: controlPlane.kubeconfig },
      ended.signal,
      env,
    );
    try {
      const condition = await node.waitForCondition('InterLinkConnectivity', 'False', { timeoutMs: 60_000 });
      expect(condition.message).toMatch(reason);
      expect(condition.message).toContain(env.VKTOKENFILE);
    } finally {
      ended.abort();
      await running;
      await node.delete();
    }
  });

  test('without a token that oauth2-proxy takes the answer is 403, and InterLink does not hear of it', async () => {
    const url = `http://127.0.0.1:${port}/v2/capabilities`;
    const statusOf = async (headers: Record<string, string>) => (await fetch(url, { headers })).status;
    const forwarded = { 'x-forwarded-user': 'vk', 'x-forwarded-groups': 'kubelets' };
    expect(await statusOf({})).toBe(403);
    expect(await statusOf(forwarded)).toBe(403);
    expect(await statusOf({ ...forwarded, authorization: `Bearer ${await issuer.token('outsider')}` })).toBe(403);
    expect(await statusOf({ authorization: `Bearer ${await issuer.token('vk')}` })).toBe(200);
  });
});

describe.skipIf(cannotRun)('itwinctl.sh with InterLink', () => {
  test('status says where all of it is, and that it is well', async () => {
    const status = await itwinctl.do('status');
    expect(status.match(/^\S+ +runs since/gm)).toHaveLength(3);
    expect(status).toContain(`, http://127.0.0.1:${port}\n`);
    expect(status).toContain(`unix://${itwinctl.state}/run/interlink.sock\n`);
  });

  test('InterLink’s socket takes nobody’s word without what oauth2-proxy says, and other users can’t enter its folder', async () => {
    const socket = join(itwinctl.state, 'run/interlink.sock');
    const ask = [
      'curl',
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      '--unix-socket',
      socket,
      'http://i/v2/capabilities',
    ];
    expect(await itwinctl.shell(ask)).toMatchObject({ stdout: '401' });
    expect(await itwinctl.shell([...ask, '-H', 'x-forwarded-user: vk'])).toMatchObject({ stdout: '200' });
    const { uid } = nobody;
    expect(await itwinctl.shell(['setpriv', `--reuid=${uid}`, '--clear-groups', ...ask])).toMatchObject({
      stdout: '000',
    });
  });

  test('after kill -9 of all, start starts all again, and the virtual kubelet goes on', async () => {
    const pids = [...(await itwinctl.do('status')).matchAll(/, pid (\d+),/g)].map(([, pid]) => Number(pid));
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await waitFor('them to be gone', () => pids.every((pid) => identifyProcess(pid) === undefined));
    const node = new NodeView(nodeName, partsOf(testbed).controlPlane);
    const down = await itwinctl.run('status');
    expect(down.exitCode).toBe(1);
    expect(down.stdout.match(/^\S+ +is down$/gm)).toHaveLength(3);
    // The sockets of those that were killed are there still.
    await itwinctl.do('start');
    await node.waitForCondition('InterLinkConnectivity', 'True');
    await namespace.apply(pod(nodeName, 'after', { containers: [shell('main', 'echo after')] }));
    await namespace.waitForPhase('after', 'Succeeded');
  });

  test('on loopback InterLink verifies the token that oauth2-proxy passes on', async () => {
    const [loopback = 0] = await findFreePorts(1);
    const config = join(itwinctl.home, 'InterLinkConfig.yaml');
    // JSON is YAML.
    const OIDC = { Issuer: issuer.url, Audience: 'interlink', RequiredGroups: ['kubelets'] };
    await writeFile(config, JSON.stringify({ Auth: { OIDC } }));
    const env = { ITWIN_UPSTREAM: 'loopback', ITWIN_LOOPBACK_PORT: String(loopback), INTERLINKCONFIGPATH: config };
    expect(await itwinctl.shell(['bash', itwinctl.script, 'restart'], env)).toMatchObject({ exitCode: 0, stderr: '' });
    const url = `http://127.0.0.1:${loopback}/v2/capabilities`;
    expect((await fetch(url, { headers: { 'x-forwarded-user': 'vk', 'x-forwarded-groups': 'kubelets' } })).status).toBe(
      401,
    );
    await namespace.apply(pod(nodeName, 'loopback', { containers: [shell('main', 'echo loopback')] }));
    await namespace.waitForPhase('loopback', 'Succeeded');
    expect(await namespace.run('logs', 'loopback')).toBe('loopback\n');
  });
});
