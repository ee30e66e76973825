import {
  type ConfigMap,
  clusterTrustBundles,
  configMaps,
  type ObjectReference,
  type Pod,
  secrets,
  type Volume,
} from '@interlink/kube';
import { InterLinkError, type ResolvedVolume } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { PodSources } from '../resolve/pod-sources.ts';
import { ResolveError, resolvePod } from '../resolve/resolve-pod.ts';
import { NODE } from '../resolve/testing/fake-objects.ts';
import { podWithVolumes } from '../resolve/testing/pods.ts';
import { FakeCluster, refusal } from '../testing/fake-cluster.ts';
import { VolumeUpdates } from './volume-updates.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));

let stops: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  vi.useRealTimers();
});

/** Lets time pass, then everything come to rest. */
async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let round = 0; round < 20; round += 1) await vi.advanceTimersByTimeAsync(0);
}

const uidOf = (index: number) => `11111111-2222-4333-8444-${String(index).padStart(12, '0')}`;
const [one, two] = [uidOf(1), uidOf(2)];
const settings: Volume = { name: 'settings', configMap: { name: 'cm' } };
const password: Volume = { name: 'password', secret: { secretName: 'sec', optional: true } };
const token: Volume = {
  name: 'access',
  projected: {
    sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3_600 } }, { configMap: { name: 'ca' } }],
  },
};
const labels: Volume = {
  name: 'info',
  downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] },
};

function podOf(uid: string, ...volumes: Volume[]): Pod {
  const pod = podWithVolumes(...volumes);
  return { ...pod, metadata: { ...pod.metadata, uid, name: `pod-${uid.slice(-4)}` } };
}

const configMap = (name: string, data: Record<string, string>, more: Partial<ConfigMap> = {}): ConfigMap => ({
  metadata: { name, namespace: 'ns', uid: `uid-of-${name}` },
  data,
  ...more,
});

async function start() {
  const cluster = new FakeCluster();
  cluster.put(configMaps, configMap('cm', { key: 'first' }));
  cluster.put(configMaps, configMap('ca', { 'ca.crt': 'PEM' }));
  const { logger, lines, everything } = keepLogLines();
  const events: string[] = [];
  const sources = new PodSources({ client: cluster.asClient(), logger });
  const backend = {
    /** Each update as `pod volume path=text,…`. */
    sent: [] as string[],
    refusal: undefined as Error | undefined,
    isReachable: true,
    inWork: 0,
    most: 0,
    delayMs: 0,
  };
  const record = ({ name }: ObjectReference, type: string, reason: string, message: string) =>
    events.push(`${name} ${type} ${reason}: ${message}`);
  const updates = new VolumeUpdates({
    provider: {
      updateVolumes: async (uid, volumes) => {
        backend.inWork += 1;
        backend.most = Math.max(backend.most, backend.inWork);
        await new Promise((resolve) => setTimeout(resolve, backend.delayMs));
        backend.inWork -= 1;
        if (backend.refusal !== undefined) throw backend.refusal;
        backend.sent.push(...volumes.map((volume) => `${Number(uid.slice(-12))} ${textOf(volume)}`));
      },
    },
    ...sources,
    node: NODE,
    events: { record } as unknown as ConstructorParameters<typeof VolumeUpdates>[0]['events'],
    logger,
    isReachable: () => backend.isReachable,
    random: () => 0.5,
  });
  const stop = new AbortController();
  const running = Promise.all([sources.run(stop.signal), updates.run(stop.signal)]);
  const end = async () => {
    stop.abort();
    await running;
  };
  stops.push(end);
  /** The pod goes to the backend, and runs there. */
  const create = async (pod: Pod) => {
    const uid = pod.metadata?.uid ?? '';
    updates.created(uid, pod, await resolvePod(pod, { objects: sources.reader, node: NODE, signal: stop.signal }));
    updates.keep(uid, pod);
    await settle(1_500);
    cluster.forgetRequests();
  };
  return { cluster, sources, updates, backend, events, lines, everything, create, end };
}

function textOf({ name, files }: ResolvedVolume): string {
  return `${name} ${files.map(({ path, data }) => `${path}=${Buffer.from(data, 'base64')}`).join(',')}`;
}

test('what was sent with the create costs no further request, and is watched', async () => {
  const { cluster, sources, backend, create } = await start();
  await create(podOf(one, settings, password, token, labels));
  await settle(60_000);
  expect([backend.sent, cluster.requests, sources.watches.size]).toEqual([[], [], 3]);
});

test('a change reaches the volumes that show it, and a burst is one update', async () => {
  const { cluster, backend, create, lines } = await start();
  await create(podOf(one, settings, password));
  for (const text of ['second', 'third', 'fourth']) {
    cluster.put(configMaps, configMap('cm', { key: text, more: 'x' }));
    await settle(50);
  }
  expect(backend.sent).toEqual([]);
  await settle(1_000);
  expect(backend.sent).toEqual(['1 settings key=fourth,more=x']);
  expect(lines).toContain('volumes updated');
  cluster.put(
    configMaps,
    configMap(
      'cm',
      { key: 'fourth', more: 'x' },
      { metadata: { ...configMap('cm', {}).metadata, labels: { a: 'b' } } },
    ),
  );
  await settle(1_000);
  expect(backend.sent).toHaveLength(1);
});

test('an optional Secret that comes, changes and goes changes the files', async () => {
  const { cluster, backend, create, everything } = await start();
  await create(podOf(one, password));
  const secret = (word: string) => ({
    metadata: { name: 'sec', namespace: 'ns', uid: 'uid-of-sec' },
    data: { word: Buffer.from(word).toString('base64') },
  });
  for (const word of ['hunter2', 'swordfish']) {
    cluster.put(secrets, secret(word));
    await settle(1_000);
  }
  cluster.remove(secrets, { namespace: 'ns', name: 'sec' });
  await settle(1_000);
  expect(backend.sent).toEqual(['1 password word=hunter2', '1 password word=swordfish', '1 password ']);
  for (const word of ['hunter2', 'swordfish']) {
    expect(everything.join('\n')).not.toContain(word);
    expect(everything.join('\n')).not.toContain(Buffer.from(word).toString('base64'));
  }
});

test('a mandatory object that goes leaves the files, is told once, and is taken up again', async () => {
  const { cluster, backend, events, create } = await start();
  await create(podOf(one, settings));
  cluster.remove(configMaps, { namespace: 'ns', name: 'cm' });
  await settle(600_000);
  expect(backend.sent).toEqual([]);
  expect(events).toEqual([
    'pod-0001 Warning FailedMount: MountVolume.SetUp failed for volume "settings" : configmap "cm" not found',
  ]);
  expect(cluster.requestsOf('GET')).toHaveLength(1);
  cluster.put(configMaps, configMap('cm', { key: 'back' }));
  await settle(1_000);
  expect(backend.sent).toEqual(['1 settings key=back']);
});

test('one volume in trouble does not keep the others back', async () => {
  const { cluster, backend, create } = await start();
  await create(podOf(one, settings, { name: 'other', configMap: { name: 'ca' } }));
  cluster.remove(configMaps, { namespace: 'ns', name: 'ca' });
  cluster.put(configMaps, configMap('cm', { key: 'second' }));
  await settle(1_000);
  expect(backend.sent).toEqual(['1 settings key=second']);
});

test('200 pods of one ConfigMap are one watch and a handful of reads, 16 updates at a time', async () => {
  const { cluster, sources, backend, updates, create } = await start();
  const pods = Array.from({ length: 200 }, (_, index) => podOf(uidOf(index), settings));
  await Promise.all(pods.map((pod) => create(pod)));
  expect(sources.watches.size).toBe(1);
  backend.delayMs = 20;
  cluster.put(configMaps, configMap('cm', { key: 'second' }));
  await settle(10_000);
  expect([new Set(backend.sent).size, backend.most]).toEqual([200, 16]);
  expect(cluster.requestsOf('GET').length).toBeLessThan(10);
  cluster.forgetRequests();
  await settle(3_600_000);
  expect([cluster.requests, vi.getTimerCount()]).toEqual([[], 0]);
  for (const pod of pods) updates.release(pod.metadata?.uid ?? '');
  expect(sources.watches.size).toBe(0);
});

test('labels and annotations of the pod reach its files', async () => {
  const { backend, updates, create } = await start();
  const pod = podOf(one, settings, labels);
  await create(pod);
  updates.keep(one, { ...pod, status: { phase: 'Running' } });
  await settle(1_000);
  expect(backend.sent).toEqual([]);
  updates.keep(one, { ...pod, metadata: { ...pod.metadata, labels: { app: 'db' } } });
  await settle(1_000);
  expect(backend.sent).toEqual(['1 info labels=app="db"']);
});

test('a pod that was running before this process is sent everything once, and its tokens within a twentieth of their life', async () => {
  const { cluster, backend, updates } = await start();
  updates.keep(one, podOf(one, settings, token));
  await settle(1_000);
  expect(backend.sent).toEqual(['1 settings key=first']);
  expect(cluster.requestsOf('POST')).toEqual([]);
  await settle(89_500);
  expect(backend.sent).toHaveLength(2);
  expect(backend.sent[1]).toMatch(/^1 access token=token-\d+,ca.crt=PEM$/);
  cluster.put(configMaps, configMap('ca', { 'ca.crt': 'other' }));
  await settle(1_000);
  // The token at hand is still good.
  expect(backend.sent[2]).toBe(backend.sent[1]?.replace('PEM', 'other'));
  expect(cluster.requestsOf('POST')).toHaveLength(1);
});

test('tokens are renewed at 80 % of their life, without a look at anything else', async () => {
  const { cluster, backend, create } = await start();
  await create(podOf(one, settings, token));
  await settle(2_860_000);
  expect(cluster.requests).toEqual([]);
  await settle(20_000);
  expect(backend.sent).toEqual([expect.stringMatching(/^1 access token=token-/)]);
  expect(cluster.requestsOf('POST')).toHaveLength(1);
  await settle(2_880_000);
  expect(new Set(backend.sent).size).toBe(2);
});

test('a token that can’t be renewed stays until it expires; then the pod is told, and another try comes', async () => {
  const { cluster, backend, events, create } = await start();
  await create(podOf(one, token));
  cluster.refuse = (request) => (request.includes('token') ? refusal(403, 'Forbidden', 'no tokens today') : undefined);
  await settle(3_590_000);
  expect(cluster.requestsOf('POST').length).toBeGreaterThan(5);
  expect([events, backend.sent]).toEqual([[], []]);
  await settle(120_000);
  expect(events).toEqual([
    'pod-0001 Warning FailedMount: MountVolume.SetUp failed for volume "access" : failed to fetch token: no tokens today',
  ]);
  cluster.refuse = () => undefined;
  await settle(120_000);
  expect(backend.sent).toHaveLength(1);
});

test('a token beside something that is missing is not tried in a loop', async () => {
  const { cluster, create } = await start();
  await create(podOf(one, token));
  cluster.remove(configMaps, { namespace: 'ns', name: 'ca' });
  await settle(3_600_000);
  expect(cluster.requests.length).toBeLessThan(30);
});

test('nothing is sent to a backend out of reach, and all of it when it is back', async () => {
  const { cluster, backend, updates, create } = await start();
  await create(podOf(one, settings));
  backend.isReachable = false;
  for (const text of ['second', 'third']) {
    cluster.put(configMaps, configMap('cm', { key: text }));
    await settle(30_000);
  }
  expect([backend.sent, cluster.requestsOf('GET')]).toEqual([[], []]);
  backend.isReachable = true;
  updates.onReach();
  await settle(1_000);
  expect(backend.sent).toEqual(['1 settings key=third']);
});

test('a failure that may pass is tried again, one that will not is told', async () => {
  const { cluster, backend, events, create } = await start();
  await create(podOf(one, settings));
  backend.refusal = new InterLinkError('unavailable', 'not yet');
  cluster.put(configMaps, configMap('cm', { key: 'second' }));
  await settle(5_000);
  backend.refusal = undefined;
  await settle(10_000);
  expect([backend.sent, events]).toEqual([['1 settings key=second'], []]);
  backend.refusal = new InterLinkError('failed_precondition', 'no room for files');
  cluster.put(configMaps, configMap('cm', { key: 'third' }));
  await settle(600_000);
  expect(events).toEqual([
    'pod-0001 Warning FailedMount: MountVolume.SetUp failed for volume "settings" : no room for files',
  ]);
});

test('a backend that can’t is asked once, watched for no more, and asked again when it comes back', async () => {
  const { cluster, sources, backend, updates, create, events } = await start();
  await create(podOf(one, settings));
  await create(podOf(two, settings, token));
  backend.refusal = new InterLinkError('unimplemented', 'The backend "interlink-v1" can\'t');
  cluster.put(configMaps, configMap('cm', { key: 'second' }));
  await settle(1_000);
  expect([sources.watches.size, events]).toEqual([0, []]);
  cluster.forgetRequests();
  await settle(7_200_000);
  expect([cluster.requests, vi.getTimerCount()]).toEqual([[], 0]);
  backend.refusal = undefined;
  updates.onReach();
  await settle(1_000);
  expect(backend.sent.map((text) => text.replace(/token-\d+/, 'new')).toSorted()).toEqual([
    '1 settings key=second',
    '2 access token=new,ca.crt=PEM',
    '2 settings key=second',
  ]);
});

test('a create that overtakes an update makes it be sent again', async () => {
  const { cluster, sources, backend, updates, create } = await start();
  const pod = podOf(one, settings);
  await create(pod);
  const { signal } = new AbortController();
  const old = await resolvePod(pod, { objects: sources.reader, node: NODE, signal });
  backend.delayMs = 1_000;
  cluster.put(configMaps, configMap('cm', { key: 'second' }));
  await settle(500);
  expect(backend.inWork).toBe(1);
  updates.created(one, pod, old);
  await settle(5_000);
  expect(backend.sent).toEqual(['1 settings key=second', '1 settings key=second']);
});

test('ClusterTrustBundles reach the files, are read once for all pods, and watched while one uses them', async () => {
  const { cluster, sources, backend, updates, create } = await start();
  const bundle = (name: string, letter: string) => ({
    metadata: { name, uid: name },
    spec: { trustBundle: `-----BEGIN CERTIFICATE-----\n${letter}\n-----END CERTIFICATE-----\n` },
  });
  const [type] = clusterTrustBundles;
  if (type === undefined) throw new Error('want a version');
  cluster.put(type, bundle('mine', 'AAAA'));
  const anchors: Volume = {
    name: 'anchors',
    projected: { sources: [{ clusterTrustBundle: { name: 'mine', path: 'ca.pem' } }] },
  };
  await create(podOf(one, anchors));
  await create(podOf(two, anchors));
  expect([backend.sent, sources.watches.size]).toEqual([[], 1]);
  cluster.put(type, bundle('other', 'BBBB'));
  await settle(1_000);
  expect(backend.sent).toEqual([]);
  cluster.put(type, bundle('mine', 'CCCC'));
  await settle(1_000);
  expect(backend.sent.map((text) => text.replaceAll('\n', ' ')).toSorted()).toEqual(
    [1, 2].map((pod) => `${pod} anchors ca.pem=-----BEGIN CERTIFICATE----- CCCC -----END CERTIFICATE----- `),
  );
  expect(cluster.requestsOf('LIST')).toHaveLength(2);
  for (const uid of [one, two]) updates.release(uid);
  expect(sources.watches.size).toBe(0);
});

test('a pod that waits for a ClusterTrustBundle is woken when it is there', async () => {
  const { cluster, sources } = await start();
  const [type] = clusterTrustBundles;
  const { signal } = new AbortController();
  const pod = podOf(one, {
    name: 'anchors',
    projected: { sources: [{ clusterTrustBundle: { name: 'mine', path: 'ca.pem' } }] },
  });
  const resolving = resolvePod(pod, { objects: sources.reader, node: NODE, signal });
  const error = await resolving.catch((reason: unknown) => reason);
  if (!(error instanceof ResolveError) || type === undefined) throw new Error('want a ResolveError', { cause: error });
  const woken: string[] = [];
  sources.missing.wait(one, error.missing, (uid) => void woken.push(uid));
  await settle(1_000);
  expect(woken).toEqual([]);
  cluster.put(type, { metadata: { name: 'mine', uid: 'mine' }, spec: { trustBundle: '' } });
  await settle(1_000);
  expect(woken).toEqual([one]);
});

test('nothing is left of a pod that has gone', async () => {
  const { cluster, sources, backend, updates, create } = await start();
  await create(podOf(one, settings, password, token, labels));
  cluster.put(configMaps, configMap('cm', { key: 'second' }));
  await settle(100);
  updates.release(one);
  await settle(7_200_000);
  expect([backend.sent, sources.watches.size, sources.reader.tokens.renewAtMs(one)]).toEqual([[], 0, undefined]);
  expect(vi.getTimerCount()).toBe(0);
});
