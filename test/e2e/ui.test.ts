import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInterLink } from '@interlink/interlink';
import { HttpTarget, type Pod, PodClient } from '@interlink/protocol';
import { mockSidecarOf } from '@interlink/sidecar-mock';
import { runSidecar } from '@interlink/sidecar-sdk';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Browser } from '../../packages/interlink/src/ui/testing/browser.ts';
import { findFreePorts } from '../testbed/process/free-ports.ts';

const owner = { cluster: 'c1', node: 'n1' };
const uidOf = (index: number) => `11111111-1111-4111-8111-00000000000${index}`;

/** InterLink and the mock sidecar, whole, a virtual kubelet's client that watches, and somebody who is signed in as the operator. */
async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-ui-'));
  const over = new AbortController();
  const [port = 0, sidecarPort = 0] = await findFreePorts(2);
  const fileOf = (name: string) => join(folder, name);
  await writeFile(fileOf('account'), 'the-account-token');
  await writeFile(fileOf('operator'), 'the-operator-token');
  const config = {
    Auth: { TokenFile: fileOf('account'), Tokens: [{ Name: 'operator', File: fileOf('operator') }] },
    Policy: {
      Grants: [
        { Identities: ['account'], Owners: ['c1/*'] },
        { Identities: ['token:operator'], Operator: true },
      ],
    },
    DataRootFolder: folder,
  };
  await writeFile(fileOf('config.yaml'), JSON.stringify(config));
  const env = {
    ...{ INTERLINKCONFIGPATH: fileOf('config.yaml'), LOGLEVEL: 'error' },
    ...{ INTERLINKURL: 'http://127.0.0.1', INTERLINKPORT: String(port) },
    ...{ SIDECARURL: 'http://127.0.0.1', SIDECARPORT: String(sidecarPort) },
  };
  const running = Promise.all([runSidecar(mockSidecarOf({}), over.signal, env), runInterLink(over.signal, env)]);
  const url = `http://127.0.0.1:${port}`;
  const target = new HttpTarget({ url, token: async () => 'the-account-token' });
  onTestFinished(async () => {
    over.abort();
    await target.close();
    await running;
    await rm(folder, { recursive: true });
  });
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
  const kubelet = new PodClient(target, owner);
  void follow(kubelet, over.signal);
  const browser = new Browser(url);
  expect((await browser.signIn('the-operator-token')).status).toBe(303);
  await vi.waitFor(async () => expect((await browser.get('/ui')).text).toContain('by its virtual kubelet'));
  return { kubelet, browser };
}

async function follow(kubelet: PodClient, signal: AbortSignal): Promise<void> {
  try {
    for await (const _record of kubelet.watchPods({ signal }));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function podOf(index: number, annotations: Record<string, string>): Pod {
  const prefixed = Object.fromEntries(Object.entries(annotations).map(([k, v]) => [`mock.interlink.eu/${k}`, v]));
  const metadata = { uid: uidOf(index), namespace: 'ns', name: `pod-${index}`, annotations: prefixed };
  return { metadata, spec: { containers: [{ name: 'main', image: 'busybox' }] } };
}

test('the operator sees in a browser what runs, what waits and why, and what a container says', async () => {
  const { kubelet, browser } = await start();
  const plays = [
    { log: 'hello <b>you</b>', event: 'Pulled <i>' },
    { 'queue-reason': 'Priority', 'start-delay': '3600000' },
    { 'run-seconds': '0', 'exit-code': '3', reason: 'OOMKilled', message: '<script>alert(1)</script>' },
  ];
  for (const [index, annotations] of plays.entries()) {
    await kubelet.createPod({ pod: podOf(index, annotations), volumes: [] });
  }
  const stateOf = (page: string, index: number) =>
    new RegExp(`id="pod-${uidOf(index)}" class="state-(\\w+)"`).exec(page)?.[1];
  await vi.waitFor(async () => {
    const { text } = await browser.get('/ui/pods');
    expect([0, 1, 2].map((index) => stateOf(text, index))).toEqual(['Running', 'Queued', 'Failed']);
  });
  const queued = await browser.get('/ui/pods?state=Queued');
  expect(queued.text).toContain('1 pod');
  expect(queued.text).toContain('data-cell="reason">Priority</td>');
  const running = await browser.get(`/ui/pods/c1/n1/${uidOf(0)}`);
  expect(running.text).toContain('container main started');
  expect(running.text).toContain('Pulled &lt;i&gt;');
  const log = await browser.get(`/ui/pods/c1/n1/${uidOf(0)}/containers/main/log?tailLines=10`);
  expect([log.status, log.headers['content-type'], log.headers['x-content-type-options']]).toEqual([
    ...[200, 'text/plain; charset=utf-8', 'nosniff'],
  ]);
  expect(log.text).toContain('hello <b>you</b>');
  const failed = await browser.get(`/ui/pods/c1/n1/${uidOf(2)}`);
  expect(failed.text).toContain('ended with exit code 3 (OOMKilled: &lt;script&gt;alert(1)&lt;/script&gt;)');
});
