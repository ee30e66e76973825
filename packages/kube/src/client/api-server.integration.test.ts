import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { type OpenCluster, testClusters } from '../../../../test/testbed/index.ts';
import { EventRecorder } from '../events/event-recorder.ts';
import { objectReference } from '../events/object-reference.ts';
import type { ClusterAccess } from '../kubeconfig/cluster-access.ts';
import { loadClusterAccess } from '../kubeconfig/load-cluster-access.ts';
import { nodeStatusPatch, podStatusPatch } from '../patch/status-patch.ts';
import { Reflector } from '../reflector/reflector.ts';
import {
  configMaps,
  events,
  namespaces,
  nodes,
  pods,
  serviceAccounts,
  serviceAccountTokens,
} from '../resource-type.ts';
import type { ConfigMap, Node, Pod, PodStatus } from '../types.ts';
import { KubeClient } from './kube-client.ts';
import { isAlreadyExists, isConflict, isNotFound, isUidMismatch } from './kube-errors.ts';

const namespace = `kube-client-${process.pid}`;

let access: ClusterAccess;
let client: KubeClient;

/** A pod bound to a node that nobody runs, so that nobody but the test writes its status. */
const newPod = (name: string): Pod => ({
  metadata: { name },
  spec: {
    nodeName: `no-node-${namespace}`,
    containers: [{ name: 'c', image: 'busybox' }],
    automountServiceAccountToken: false,
  },
});

describe.each(testClusters(inject('testbed')))('against $name', ({ open }) => {
  let cluster: OpenCluster;
  beforeAll(async () => {
    cluster = await open();
    access = await loadClusterAccess({ kubeconfig: cluster.kubeconfig, env: {} });
    client = new KubeClient(access);
    await client.create(namespaces, {}, { metadata: { name: namespace } });
    // Pods are refused until the controller manager has made the namespace's account.
    await vi.waitFor(() => client.get(serviceAccounts, { namespace, name: 'default' }), { timeout: 20_000 });
  });
  afterAll(async () => {
    await client.delete(namespaces, { name: namespace });
    await client.close();
    await cluster.close();
  });

  it('KubeClient creates, reads, lists, replaces, patches and deletes', async () => {
    const created = await client.create(configMaps, { namespace }, { metadata: { name: 'a' }, data: { k: '1' } });
    const at = { namespace, name: 'a' };
    await expect(client.create(configMaps, { namespace }, { metadata: { name: 'a' } })).rejects.toSatisfy(
      isAlreadyExists,
    );
    await client.patch(configMaps, at, { data: { k: '2' } }, { kind: 'merge' });
    await expect(client.replace(configMaps, at, created)).rejects.toSatisfy(isConflict);
    expect((await client.get(configMaps, at)).data).toEqual({ k: '2' });
    const list = await client.list(configMaps, { namespace }, { fieldSelector: 'metadata.name=a' });
    expect(list.items).toMatchObject([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }]);
    await expect(client.delete(configMaps, at, { uid: 'another' })).rejects.toSatisfy(isConflict);
    await client.delete(configMaps, at, { uid: created.metadata?.uid });
    await expect(client.get(configMaps, at)).rejects.toSatisfy(isNotFound);
  });

  it('KubeClient creates a token by a subresource', async () => {
    const path = { namespace, name: 'default', subresource: 'token' };
    const request = await client.create(serviceAccountTokens, path, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [], expirationSeconds: 600 },
    });
    expect(request.status?.token).toMatch(/^ey/);
  });

  it('podStatusPatch() leaves what we mean on the server, with conditions of others and IPs in order', async () => {
    const pod = await client.create(pods, { namespace }, newPod('p1'));
    const uid = pod.metadata?.uid ?? '';
    const path = { namespace, name: 'p1', subresource: 'status' };
    const write = async (before: PodStatus | undefined, after: PodStatus) => {
      const patch = podStatusPatch(uid, before, after);
      if (patch !== undefined) await client.patch(pods, path, patch, { kind: 'strategic-merge' });
      return (await client.get(pods, { namespace, name: 'p1' })).status ?? {};
    };
    const others = { conditions: [{ type: 'example.com/gate', status: 'True' }] };
    await client.patch(pods, path, { status: others }, { kind: 'strategic-merge' });
    const waiting = { name: 'c', image: 'busybox', imageID: '', ready: false, restartCount: 0, started: false };
    const first: PodStatus = {
      phase: 'Running',
      podIP: '10.1.1.1',
      podIPs: [{ ip: '10.1.1.1' }],
      conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
      containerStatuses: [{ ...waiting, state: { waiting: { reason: 'ContainerCreating' } } }],
    };
    const seen = await write(pod.status, { ...pod.status, ...first });
    expect(seen).toMatchObject({ phase: 'Running', podIP: '10.1.1.1', containerStatuses: first.containerStatuses });
    expect(seen.conditions?.map(({ type }) => type).sort()).toEqual(['Ready', 'example.com/gate']);

    const second: PodStatus = {
      ...seen,
      podIP: 'fd00::1',
      podIPs: [{ ip: 'fd00::1' }, { ip: '10.1.1.1' }],
      conditions: (seen.conditions ?? []).map((c) => (c.type === 'Ready' ? { type: 'Ready', status: 'True' } : c)),
      containerStatuses: [{ ...waiting, ready: true, state: { running: { startedAt: '2026-01-02T03:04:05Z' } } }],
    };
    const then = await write(seen, second);
    expect(then.podIPs).toEqual(second.podIPs);
    expect(then.conditions?.find(({ type }) => type === 'Ready')).not.toHaveProperty('reason');
    expect(then.containerStatuses).toMatchObject(second.containerStatuses ?? []);
    expect(podStatusPatch(uid, then, second)).toBeUndefined();
    expect((await write(then, { ...then, podIP: '10.1.1.1', podIPs: [{ ip: '10.1.1.1' }] })).podIPs).toEqual([
      { ip: '10.1.1.1' },
    ]);

    const ofAnother = podStatusPatch('another', then, { ...then, phase: 'Failed' });
    const patching = client.patch(pods, path, ofAnother ?? {}, { kind: 'strategic-merge' });
    await expect(patching).rejects.toSatisfy(isUidMismatch);
    await expect(client.delete(pods, { namespace, name: 'p1' }, { uid: 'another' })).rejects.toSatisfy(isUidMismatch);
  });

  it('nodeStatusPatch() removes what we removed and takes two addresses of one type', async () => {
    const name = `n-${namespace}`;
    const created = await client.create(nodes, {}, { metadata: { name, labels: { mine: '1', drop: '1' } } });
    onTestFinished(() => client.delete(nodes, { name }));
    await client.patch(nodes, { name }, { metadata: { labels: { theirs: '1' } } }, { kind: 'strategic-merge' });
    const wanted: Node = {
      metadata: { name, labels: { mine: '2' }, annotations: { a: 'b' } },
      status: {
        addresses: [
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'InternalIP', address: 'fd00::1' },
        ],
        capacity: { cpu: '4' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    };
    const path = { name, subresource: 'status' };
    const first = await client.patch(nodes, path, nodeStatusPatch(created, wanted) ?? {}, { kind: 'strategic-merge' });
    expect(first.metadata?.labels).toMatchObject({ mine: '2', theirs: '1' });
    expect(first.metadata?.labels).not.toHaveProperty('drop');
    expect(first.status?.addresses).toEqual(wanted.status?.addresses);
    const one = { ...first, status: { ...first.status, addresses: [{ type: 'InternalIP', address: '10.0.0.2' }] } };
    const second = await client.patch(nodes, path, nodeStatusPatch(first, one) ?? {}, { kind: 'strategic-merge' });
    expect(second.status?.addresses).toEqual(one.status.addresses);
  });

  it('Reflector sees what there is, what comes and what goes', async () => {
    await client.create(configMaps, { namespace }, { metadata: { name: 'r1', labels: { r: 'r' } } });
    const changes: string[] = [];
    const show = (change: string) => (o: ConfigMap) => changes.push(`${change}${o.metadata?.name}`);
    const reflector = new Reflector<ConfigMap>({
      client,
      type: configMaps,
      path: { namespace },
      labelSelector: 'r=r',
      onAdd: show('+'),
      onUpdate: (_before, after) => show('~')(after),
      onDelete: show('-'),
    });
    const stop = new AbortController();
    const running = reflector.run(stop.signal);
    await reflector.synced;
    await client.create(configMaps, { namespace }, { metadata: { name: 'r2', labels: { r: 'r' } } });
    await client.patch(configMaps, { namespace, name: 'r1' }, { data: { x: 'y' } }, { kind: 'merge' });
    await client.delete(configMaps, { namespace, name: 'r2' });
    await client.patch(configMaps, { namespace, name: 'r1' }, { metadata: { labels: { r: null } } }, { kind: 'merge' });
    await expect.poll(() => changes, { timeout: 10_000 }).toEqual(['+r1', '+r2', '~r1', '-r2', '-r1']);
    stop.abort();
    await running;
  });

  it('EventRecorder writes events that the API server takes, and counts', async () => {
    const pod = await client.create(pods, { namespace }, newPod('with-events'));
    const recorder = new EventRecorder({
      client,
      component: 'kubelet',
      host: 'n1',
      onTrouble: (err) => expect.unreachable(err.message),
    });
    const stop = new AbortController();
    const running = recorder.run(stop.signal);
    const ref = objectReference(pod, 'spec.containers{c}');
    recorder.record(ref, 'Normal', 'Pulling', 'Pulling image "x"');
    await recorder.flush(5_000);
    recorder.record(ref, 'Normal', 'Pulling', 'Pulling image "x"');
    recorder.record({ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'n1' }, 'Normal', `Test-${namespace}`, 'x');
    await recorder.flush(5_000);
    stop.abort();
    await running;
    const list = await client.list(events, { namespace }, { fieldSelector: 'involvedObject.name=with-events' });
    expect(list.items).toMatchObject([
      { reason: 'Pulling', count: 2, involvedObject: { fieldPath: 'spec.containers{c}' } },
    ]);
    const ofNode = await client.list(events, { namespace: 'default' }, { fieldSelector: `reason=Test-${namespace}` });
    expect(ofNode.items.length).toBe(1);
  });

  it('KubeClient reaches it through a proxy', async () => {
    const tunnels: (string | undefined)[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket, head) => {
      tunnels.push(request.url);
      const { hostname, port } = new URL(`http://${request.url}`);
      const upstream = connect(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const proxied = new KubeClient({
      ...access,
      proxyUrl: new URL(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`),
    });
    onTestFinished(async () => {
      await proxied.close();
      proxy.close();
    });
    expect((await proxied.get(namespaces, { name: namespace })).metadata?.name).toBe(namespace);
    expect(tunnels).toEqual([access.server.host]);
  });
});
