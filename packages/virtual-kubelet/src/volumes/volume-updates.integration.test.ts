import {
  configMaps,
  KubeClient,
  loadClusterAccess,
  namespaces,
  type Pod,
  pods,
  serviceAccounts,
  type Volume,
} from '@interlink/kube';
import { createLogger } from '@interlink/service-kit';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { CertificateAuthority } from '../../../../test/testbed/certificate-authority.ts';
import { type OpenCluster, testClusters } from '../../../../test/testbed/index.ts';
import { KubeObjectReader } from '../resolve/object-reader.ts';
import { ObjectWatches } from '../resolve/object-watches.ts';
import { resolvePod } from '../resolve/resolve-pod.ts';
import { NODE } from '../resolve/testing/fake-objects.ts';
import { allTrustBundles } from '../resolve/trust-bundles.ts';
import { VolumeUpdates } from './volume-updates.ts';

const namespace = `volumes-${process.pid}`;
const bundleName = `bundle-${process.pid}`;
const patience = { timeout: 30_000, interval: 50 };

describe.each(testClusters(inject('testbed')))('VolumeUpdates with $name', ({ name, open }) => {
  let cluster: OpenCluster;
  let client: KubeClient;
  const stop = new AbortController();
  const { signal } = stop;
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  let reader: KubeObjectReader;
  let watches: ObjectWatches;
  let updates: VolumeUpdates;
  let running: Promise<unknown>;
  /** Every file that was sent, as `pod volume/path` and its content. */
  const sent = new Map<string, string[]>();
  const sentOf = (uid: string, file: string) => sent.get(`${uid} ${file}`) ?? [];

  beforeAll(async () => {
    cluster = await open();
    client = new KubeClient(await loadClusterAccess({ kubeconfig: cluster.kubeconfig }));
    reader = new KubeObjectReader(client, { now });
    watches = new ObjectWatches({
      client,
      forget: (object) => reader.forget(object),
      trustBundleType: (until) => reader.trustBundleType(until),
    });
    updates = new VolumeUpdates({
      provider: {
        updateVolumes: async (uid, volumes) => {
          for (const { name, files } of volumes) {
            for (const { path, data } of files) {
              const key = `${uid} ${name}/${path}`;
              sent.set(key, [...(sent.get(key) ?? []), Buffer.from(data, 'base64').toString()]);
            }
          }
        },
      },
      reader,
      watches,
      node: NODE,
      events: { record: () => undefined },
      logger: createLogger('test', 'silent'),
      isReachable: () => true,
      now,
    });
    running = Promise.all([watches.run(signal), updates.run(signal)]);
    await client.create(namespaces, {}, { metadata: { name: namespace } });
    await client.create(serviceAccounts, { namespace }, { metadata: { name: 'robot' } });
    await client.create(configMaps, { namespace }, { metadata: { name: 'settings' }, data: { key: 'first' } });
  });

  afterAll(async () => {
    await client.delete(namespaces, { name: namespace });
    stop.abort();
    await running;
    await client.close();
    await cluster.close();
  });

  /** A pod as if it ran on the node, with what was sent of it. */
  const runPod = async (podName: string, volumes: Volume[]): Promise<Pod & { uid: string }> => {
    const spec = {
      nodeName: NODE.name,
      serviceAccountName: 'robot',
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: 'busybox' }],
      volumes,
    };
    const pod = await client.create(pods, { namespace }, { metadata: { name: podName, labels: { app: 'web' } }, spec });
    const uid = pod.metadata?.uid ?? '';
    updates.created(uid, pod, await resolvePod(pod, { objects: reader, node: NODE, signal }));
    return { ...pod, uid };
  };

  it('sends what changes, for each pod that uses it, by one watch', async () => {
    const volumes: Volume[] = [{ name: 'settings', configMap: { name: 'settings' } }];
    const both = [await runPod('one', volumes), await runPod('two', volumes)];
    expect(watches.size).toBe(1);
    const patch = { data: { key: 'second' } };
    await client.patch(configMaps, { namespace, name: 'settings' }, patch, { kind: 'merge' });
    for (const { uid } of both) {
      await vi.waitFor(() => expect(sentOf(uid, 'settings/key')).toEqual(['second']), patience);
      updates.release(uid);
    }
    expect(watches.size).toBe(0);
  });

  it('renews a token when four fifths of its life are over', async () => {
    const { uid } = await runPod('has-token', [
      { name: 'access', projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 600 } }] } },
    ]);
    const dueInMs = (reader.tokens.renewAtMs(uid) ?? 0) - now();
    expect(dueInMs).toBeGreaterThan(460_000);
    expect(dueInMs).toBeLessThanOrEqual(480_000);
    updates.onReach();
    // A token says in whole seconds when it was issued.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(sentOf(uid, 'access/token')).toEqual([]);
    aheadMs += dueInMs;
    updates.onReach();
    await vi.waitFor(() => expect(sentOf(uid, 'access/token')).toHaveLength(1), patience);
    const [, payload = ''] = sentOf(uid, 'access/token')[0]?.split('.') ?? [];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(claims['kubernetes.io']).toMatchObject({
      pod: { name: 'has-token', uid },
      serviceaccount: { name: 'robot' },
    });
    updates.release(uid);
  });

  it('sends labels that have changed', async () => {
    const { uid, ...pod } = await runPod('labelled', [
      { name: 'info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
    ]);
    const path = { namespace, name: pod.metadata?.name };
    const patch = { metadata: { labels: { app: 'db' } } };
    updates.keep(uid, await client.patch(pods, path, patch, { kind: 'merge' }));
    await vi.waitFor(() => expect(sentOf(uid, 'info/labels')).toEqual(['app="db"']), patience);
    updates.release(uid);
  });

  const anchors = (optional: boolean): Volume => ({
    name: 'anchors',
    projected: { sources: [{ clusterTrustBundle: { name: bundleName, path: 'ca.pem', optional } }] },
  });

  const sendsBundles = async () => {
    const type = (await reader.trustBundleType(signal)) ?? fail('this API server serves ClusterTrustBundles');
    const [first, second] = [await newCertificate('one'), await newCertificate('two')];
    const bundle = { metadata: { name: bundleName }, spec: { trustBundle: `one:\n${first}` } };
    await client.create(type, {}, bundle);
    onTestFinished(() => client.delete(type, { name: bundleName }));
    reader.forget(allTrustBundles);
    const { uid } = await runPod('trusting', [anchors(false)]);
    await client.patch(type, { name: bundleName }, { spec: { trustBundle: `two:\n${second}` } }, { kind: 'merge' });
    await vi.waitFor(() => expect(sentOf(uid, 'anchors/ca.pem')).toEqual([second]), patience);
    updates.release(uid);
  };

  const saysThatThereAreNone = async () => {
    await expect(runPod('trusting', [anchors(false)])).rejects.toThrow(
      'MountVolume.SetUp failed for volume "anchors" : ClusterTrustBundle projection is not supported',
    );
    const pod = await client.get(pods, { namespace, name: 'trusting' });
    const volumes = [anchors(true)];
    const optional = { ...pod, spec: { containers: [{ name: 'main', image: 'busybox' }], volumes } };
    const { request } = await resolvePod(optional, { objects: reader, node: NODE, signal });
    expect(request.volumes).toEqual([{ name: 'anchors', files: [{ path: 'ca.pem', mode: 0o644, data: '' }] }]);
  };

  // The in-memory cluster leaves them out, as most API servers do; the real one here was asked to have them.
  if (name === 'dev-cluster')
    it('says that there are no ClusterTrustBundles, unless they are optional', saysThatThereAreNone);
  else it('sends a ClusterTrustBundle that has changed, normalised', sendsBundles);
});

/** Of an authority: nothing else is let into a bundle. */
async function newCertificate(name: string): Promise<string> {
  return `${(await CertificateAuthority.create(name)).certificate.trim()}\n`;
}

function fail(wanted: string): never {
  throw new Error(`want: ${wanted}`);
}
