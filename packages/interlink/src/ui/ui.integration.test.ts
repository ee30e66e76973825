import { PodClient } from '@interlink/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startForTenants } from '../testing/two-tenants.ts';
import { startV1Plugin } from '../testing/v1-plugin.ts';
import { WatchReader } from '../testing/watch-reader.ts';
import { owner, reportOf, startWatchedSidecar, uidOf } from '../testing/watched-sidecar.ts';
import type { PodChanges } from './events/event-feed.ts';
import { Browser } from './testing/browser.ts';

/** InterLink for two tenants, whose virtual kubelet of node n1 watches three pods. */
async function start() {
  const sidecar = await startWatchedSidecar();
  for (let index = 0; index < 3; index += 1) sidecar.log.put(reportOf(index, `job-${index}`));
  const { as, url } = await startForTenants(sidecar.port);
  const kubelet = new WatchReader(as.alice);
  await vi.waitFor(() => expect(kubelet.pods.size).toBe(3));
  const signedIn = async (name: string) => {
    const browser = new Browser(url);
    expect((await browser.signIn(`the-token-of-${name}`)).status).toBe(303);
    return browser;
  };
  return { sidecar, kubelet, as, url, signedIn };
}

const podPath = (index: number) => `/ui/pods/c1/n1/${uidOf(index)}`;

test('a token that is posted once opens a session, whose cookie holds nothing of it and is for these pages only', async () => {
  const { url } = await start();
  const browser = new Browser(url);
  const before = await browser.get('/ui');
  expect([before.status, before.headers.location]).toEqual([303, '/ui/sign-in']);
  expect((await browser.get('/ui/sign-in')).text).toContain('<input id="token" name="token" type="password"');
  const { status, headers } = await browser.signIn('the-token-of-alice');
  const [cookie = ''] = headers['set-cookie'] ?? [];
  expect([status, headers.location]).toEqual([303, '/ui']);
  expect(cookie).toMatch(/^interlink-ui=[\w-]{43}; Path=\/ui; Max-Age=3600; HttpOnly; SameSite=Strict$/);
  const page = await browser.get('/ui');
  expect(page.status).toBe(200);
  expect(page.text).toContain('token:alice');
  expect(page.text).toMatch(/<a href="\/ui\/pods\?owner=c1%2Fn1">n1<\/a>/);
  expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
  expect(page.headers['cache-control']).toBe('no-store');
  expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
  expect((await browser.get('/v2/clusters/c1/nodes/n1/pods')).status).toBe(401);
  expect((await browser.post('/ui/sign-out', {})).headers.location).toBe('/ui/sign-in');
  browser.cookie = /^[^;]*/.exec(cookie)?.[0];
  expect((await browser.get('/ui')).status).toBe(303);
});

test('signing in takes no token that the gateway does not take, and no form of another site', async () => {
  const { url } = await start();
  const browser = new Browser(url);
  for (const token of ['wrong', '', 'two words', '<script>']) {
    const { status, headers, text } = await browser.signIn(token);
    expect([token, status, headers['set-cookie']]).toEqual([token, 401, undefined]);
    expect(text).not.toContain('value="');
  }
  const token = { token: 'the-token-of-alice' };
  for (const foreign of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'http://evil.example' }])
    expect((await browser.post('/ui/sign-in', token, foreign)).status).toBe(403);
  expect((await browser.post('/ui/sign-in', token, { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
});

test('everybody sees what his grants let him see: his own pods, the operator all of them, a stranger none', async () => {
  const { signedIn } = await start();
  const seen = async (name: string) => {
    const browser = await signedIn(name);
    const { status, text } = await browser.get('/ui/pods');
    return [
      status,
      [...text.matchAll(/ns\/<wbr>(p\d)/g)].map(([, pod]) => pod).sort(),
      (await browser.get(podPath(0))).status,
    ];
  };
  const all = ['p0', 'p1', 'p2'];
  expect(await seen('alice')).toEqual([200, all, 200]);
  expect(await seen('operator')).toEqual([200, all, 200]);
  expect(await seen('bob')).toEqual([200, [], 403]);
  expect(await seen('stranger')).toEqual([403, [], 403]);
  const bob = await signedIn('bob');
  expect((await bob.get('/ui')).text).not.toMatch(/n1|<b>sidecar<\/b>/);
  expect((await bob.get(`${podPath(0)}/containers/c/log`)).status).toBe(403);
});

test('what is not there is told on a page, and in plain text to who takes none', async () => {
  const { url, signedIn } = await start();
  const alice = await signedIn('alice');
  const missing = await alice.get('/ui/other');
  expect([missing.status, missing.text.includes('There is no such page')]).toEqual([404, true]);
  expect((await alice.get('/ui/pods/c1/n1/not-a-uid')).status).toBe(400);
  const { status, headers, text } = await alice.get('/ui/other', { accept: '*/*' });
  expect([status, headers['content-type'], text]).toEqual([
    404,
    'text/plain; charset=utf-8',
    'There is no such page\n',
  ]);
  const stranger = new Browser(url);
  expect((await stranger.get('/ui/other')).headers.location).toBe('/ui/sign-in');
  expect((await stranger.get('/ui/events?watch=true', { accept: 'text/event-stream' })).status).toBe(401);
  expect((await stranger.get('/ui/assets/..%2fserve-ui.ts')).status).toBe(404);
});

test('changes come as events, and who shows a place that is not known is told to load again', async () => {
  const { sidecar, signedIn } = await start();
  const operator = await signedIn('operator');
  const [, after = ''] = /data-after="([^"]+)"/.exec((await operator.get('/ui/pods')).text) ?? [];
  const events = operator.events(`/ui/events?watch=true&after=${after}`);
  sidecar.log.put(reportOf(1, 'another'));
  sidecar.log.remove(uidOf(2));
  const told: unknown[] = [];
  for await (const { event, data } of events) {
    expect(event).toBe('pods');
    const { rows, gone } = data as PodChanges;
    told.push(...rows.map(({ uid, cells }) => [uid, cells.job]), ...gone);
    if (told.length === 2) break;
  }
  expect(told).toEqual([[uidOf(1), 'another'], uidOf(2)]);
  const stale = await operator.events('/ui/events?watch=true&after=other-1').next();
  expect(stale.value).toMatchObject({ event: 'stale' });
});

test('a pod’s page has its events and says when the pod is gone', async () => {
  const { sidecar, signedIn } = await start();
  const alice = await signedIn('alice');
  sidecar.log.event(uidOf(1), { type: 'Warning', reason: 'Preempted', message: '<img src=x onerror=alert(1)>' });
  await vi.waitFor(async () => expect((await alice.get(podPath(1))).text).toContain('Preempted'));
  const { text } = await alice.get(podPath(1));
  expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(text).toContain('job-1');
  sidecar.log.remove(uidOf(1));
  await vi.waitFor(async () => expect((await alice.get(podPath(1))).status).toBe(404));
});

test('a node that nobody watches any more is told as that, with what was known last', async () => {
  const { kubelet, sidecar, signedIn } = await start();
  const operator = await signedIn('operator');
  expect((await operator.get('/ui')).text).toContain('by its virtual kubelet');
  kubelet.stop();
  sidecar.endWatches();
  await vi.waitFor(async () => expect((await operator.get('/ui')).text).toContain('by nobody'));
  expect((await operator.get('/ui/pods')).text).toContain('3 pods');
});

test('who only looks at a node’s pods is not taken for its virtual kubelet', async () => {
  const { kubelet, sidecar, as, signedIn } = await start();
  const operator = await signedIn('operator');
  kubelet.stop();
  sidecar.endWatches();
  await vi.waitFor(async () => expect((await operator.get('/ui')).text).toContain('by nobody'));
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const looking = new PodClient(as.alice, owner).watchPods({ signal: stop.signal, isOnlooker: true });
  expect((await looking.next()).value).toMatchObject({ snapshot: 'begin' });
  expect((await operator.get('/ui')).text).toContain('by nobody');
  const again = new WatchReader(as.alice);
  await vi.waitFor(() => expect(again.pods.size).toBe(3));
  expect((await operator.get('/ui')).text).toContain('by its virtual kubelet');
});

test('pods of a v1 plugin are shown like any others', async () => {
  const plugin = await startV1Plugin({ log: 'from v1\n' });
  const { as, url } = await startForTenants(plugin.port);
  const pod = {
    metadata: { uid: uidOf(1), namespace: 'ns', name: 'p1' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  };
  await new PodClient(as.alice, owner).createPod({ pod, volumes: [] });
  const kubelet = new WatchReader(as.alice);
  await vi.waitFor(() => expect(kubelet.pods.size).toBe(1));
  const operator = new Browser(url);
  await operator.signIn('the-token-of-operator');
  await vi.waitFor(async () => expect((await operator.get('/ui/pods')).text).toContain('>Running</td>'));
  expect((await operator.get(podPath(1))).text).toContain('job-1');
  expect((await operator.get(`${podPath(1)}/containers/c/log`)).text).toBe('from v1\n');
  kubelet.stop();
  await vi.waitFor(async () => expect((await operator.get('/ui')).text).toContain('by nobody'));
});
