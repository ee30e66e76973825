import {
  configMaps,
  KubeClient,
  loadClusterAccess,
  namespaces,
  type Pod,
  pods,
  secrets,
  serviceAccounts,
} from '@interlink/kube';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type OpenCluster, testClusters } from '../../../../test/testbed/index.ts';
import { MissingObjectWatches } from './missing-object-watches.ts';
import { KubeObjectReader } from './object-reader.ts';
import { ObjectWatches } from './object-watches.ts';
import { ResolveError, resolvePod } from './resolve-pod.ts';
import { NODE } from './testing/fake-objects.ts';

const namespace = `resolve-${process.pid}`;

describe.each(testClusters(inject('testbed')))('resolvePod() with $name', ({ open }) => {
  let cluster: OpenCluster;
  const stop = new AbortController();
  const { signal } = stop;
  let client: KubeClient;
  let reader: KubeObjectReader;
  let objects: ObjectWatches;
  let watches: MissingObjectWatches;
  let running: Promise<void>;

  beforeAll(async () => {
    cluster = await open();
    client = new KubeClient(await loadClusterAccess({ kubeconfig: cluster.kubeconfig }));
    reader = new KubeObjectReader(client);
    objects = new ObjectWatches({ client, forget: (object) => reader.forget(object) });
    watches = new MissingObjectWatches(objects);
    running = objects.run(signal);
    await client.create(namespaces, {}, { metadata: { name: namespace } });
    await client.create(serviceAccounts, { namespace }, { metadata: { name: 'robot' } });
  });

  afterAll(async () => {
    await client.delete(namespaces, { name: namespace });
    stop.abort();
    await running;
    await client.close();
    await cluster.close();
  });

  const createPod = (name: string, spec: Partial<NonNullable<Pod['spec']>>): Promise<Pod> =>
    client.create(
      pods,
      { namespace },
      {
        metadata: { name, labels: { app: 'web' } },
        spec: {
          nodeName: NODE.name,
          serviceAccountName: 'robot',
          automountServiceAccountToken: false,
          containers: [{ name: 'main', image: 'busybox' }],
          ...spec,
        },
      },
    );

  it('fails on a missing Secret, is woken when it appears, and resolves then', async () => {
    const env = [{ name: 'WORD', valueFrom: { secretKeyRef: { name: 'late', key: 'word' } } }];
    const containers = [{ name: 'main', image: 'busybox', env, command: ['echo', '$(WORD)'] }];
    const pod = await createPod('waits', { containers });
    const uid = pod.metadata?.uid ?? '';
    const woken = async (missing: ResolveError['missing'], change: () => Promise<unknown>) => {
      const appeared = Promise.withResolvers<string>();
      watches.wait(uid, missing, appeared.resolve);
      await change();
      expect(await appeared.promise).toBe(uid);
    };

    const absent = await failure(resolvePod(pod, { objects: reader, node: NODE, signal }));
    expect(absent.message).toBe('secret "late" not found');
    const metadata = { name: 'late' };
    await woken(absent.missing, () => client.create(secrets, { namespace }, { metadata, stringData: { other: 'x' } }));

    const noKey = await failure(resolvePod(pod, { objects: reader, node: NODE, signal }));
    expect(noKey.message).toBe(`couldn't find key word in Secret ${namespace}/late`);
    const patch = { stringData: { word: 'hello' } };
    await woken(noKey.missing, () => client.patch(secrets, { namespace, name: 'late' }, patch, { kind: 'merge' }));

    const { request } = await resolvePod(pod, { objects: reader, node: NODE, signal });
    expect(request.pod.spec.containers[0]).toMatchObject({
      env: [{ name: 'WORD', value: 'hello' }],
      command: ['echo', 'hello'],
    });
    watches.release(uid);
    expect(objects.size).toBe(0);
  });

  it('gives a token that is bound to the pod', async () => {
    await client.create(configMaps, { namespace }, { metadata: { name: 'ca' }, data: { 'ca.crt': 'PEM' } });
    const sources = [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
      { configMap: { name: 'ca' } },
      { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
    ];
    const pod = await createPod('has-token', { volumes: [{ name: 'access', projected: { sources } }] });
    const { request } = await resolvePod(pod, { objects: reader, node: NODE, signal });
    const files = new Map(
      request.volumes[0]?.files.map(({ path, data }) => [path, Buffer.from(data, 'base64').toString('utf8')]),
    );
    expect([files.get('ca.crt'), files.get('labels')]).toEqual(['PEM', 'app="web"']);
    const [, payload = ''] = files.get('token')?.split('.') ?? [];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    expect(claims['kubernetes.io']).toMatchObject({
      namespace,
      pod: { name: 'has-token', uid: pod.metadata?.uid },
      serviceaccount: { name: 'robot' },
    });
  });
});

async function failure(resolving: Promise<unknown>): Promise<ResolveError> {
  const err = await resolving.catch((reason: unknown) => reason);
  if (!(err instanceof ResolveError)) throw new Error('want a ResolveError', { cause: err });
  return err;
}
