import { expect, test } from 'vitest';
import { configMaps, namespaces, nodes, pods, serviceAccounts } from '../kinds/kinds.ts';
import type { Json, KubeObject } from '../object.ts';
import { Store } from '../store/store.ts';
import { createObject } from './create.ts';
import { deleteObject } from './delete.ts';
import { bindPod } from './subresources.ts';
import { updateObject } from './update.ts';

const plain = { subresource: '', isDryRun: false };

function newStore(historySize?: number): Store {
  const store = new Store(historySize);
  createObject(store, namespaces, { metadata: { name: 'ns' } }, { namespace: undefined });
  createObject(store, serviceAccounts, { metadata: { name: 'default' } }, { namespace: 'ns' });
  return store;
}

function newPod(store: Store, spec: Json = {}, metadata: Json = {}): KubeObject {
  const own = { containers: [{ name: 'c', image: 'i' }], automountServiceAccountToken: false };
  const body = { metadata: { name: 'p', ...metadata }, spec: { ...own, ...spec } };
  return createObject(store, pods, body, { namespace: 'ns' });
}

test('an update of the status leaves the rest, one of the rest leaves the status', () => {
  const store = newStore();
  const wanted = { status: { phase: 'Running' }, spec: {}, metadata: { labels: { a: 'b' } } };
  const running = updateObject(store, pods, newPod(store), wanted, { subresource: 'status', isDryRun: false });
  expect(running).toMatchObject({ status: { phase: 'Running' }, spec: { containers: [{ name: 'c' }] } });
  const { version } = store;
  const same = updateObject(store, pods, running, { ...running, status: { phase: 'Failed' } }, plain);
  expect([same, store.version]).toEqual([running, version]);
});

test('an update that is not of the newest version, or of another object, is refused', () => {
  const store = newStore();
  const pod = newPod(store);
  const update = (metadata: Json) => () => updateObject(store, pods, pod, { ...pod, metadata }, plain);
  expect(update({ resourceVersion: '1' })).toThrow('the object has been modified');
  expect(update({ uid: 'another' })).toThrow('metadata.uid: Invalid value: "another": field is immutable');
});

test('the generation counts changes of the spec and the deletion', () => {
  const store = newStore();
  const pod = newPod(store, { nodeName: 'n' });
  const labelled = updateObject(store, pods, pod, { ...pod, metadata: { labels: { a: 'b' } } }, plain);
  const spec = { ...labelled.spec, containers: [{ name: 'c', image: 'other' }] };
  const changed = updateObject(store, pods, labelled, { ...labelled, spec }, plain);
  const { object } = deleteObject(store, pods, changed);
  expect([pod, labelled, changed, object].map(({ metadata }) => metadata.generation)).toEqual([1, 1, 2, 3]);
});

test('a pod on a node waits for its kubelet, and its grace period only gets shorter', () => {
  const store = newStore();
  const pod = newPod(store, { nodeName: 'n', terminationGracePeriodSeconds: 20 });
  const graceOf = (object: KubeObject, gracePeriodSeconds?: number) =>
    deleteObject(store, pods, object, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
  const marked = graceOf(pod);
  expect([marked.isGone, marked.object.metadata.deletionGracePeriodSeconds]).toEqual([false, 20]);
  expect(graceOf(marked.object, 30).object).toBe(marked.object);
  const sooner = graceOf(marked.object, 5).object;
  expect(sooner.metadata.deletionGracePeriodSeconds).toBe(5);
  expect(graceOf(sooner, 0).isGone).toBe(true);
  expect(store.get(pods, 'ns', 'p')).toBeUndefined();
});

test('a pod that is on no node, or has ended, goes at once', () => {
  const store = newStore();
  expect(deleteObject(store, pods, newPod(store)).isGone).toBe(true);
  const pod = newPod(store, { nodeName: 'n' });
  const ended = updateObject(
    store,
    pods,
    pod,
    { status: { phase: 'Failed' } },
    { subresource: 'status', isDryRun: false },
  );
  expect(deleteObject(store, pods, ended).isGone).toBe(true);
});

test('what has finalizers goes with the last of them', () => {
  const store = newStore();
  const settings = createObject(store, configMaps, { metadata: { name: 'm', finalizers: ['f'] } }, { namespace: 'ns' });
  const { object, isGone } = deleteObject(store, configMaps, settings);
  expect(isGone).toBe(false);
  updateObject(store, configMaps, object, { ...object, metadata: { finalizers: [] } }, plain);
  expect(store.get(configMaps, 'ns', 'm')).toBeUndefined();
});

test('a pod is bound once', () => {
  const store = newStore();
  bindPod(store, newPod(store), 'n');
  const bound = store.get(pods, 'ns', 'p');
  expect(bound).toMatchObject({
    spec: { nodeName: 'n' },
    status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
  });
  expect(() => bindPod(store, bound as KubeObject, 'm')).toThrow('already assigned to node "n"');
});

test('changes are remembered as far back as the history goes', () => {
  const store = newStore(2);
  for (const name of ['a', 'b', 'c', 'd']) createObject(store, nodes, { metadata: { name } }, { namespace: undefined });
  expect(store.changesAfter(store.version - 1).map(({ after }) => after?.metadata.name)).toEqual(['d']);
  expect(() => store.changesAfter(1)).toThrow('too old resource version: 1');
});
