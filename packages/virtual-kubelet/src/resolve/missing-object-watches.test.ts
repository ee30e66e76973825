import { describe, expect, it } from 'vitest';
import { MissingObjectWatches } from './missing-object-watches.ts';
import { ObjectWatches } from './object-watches.ts';
import type { MissingObject } from './resolve-error.ts';
import { FakeClient, settle } from './testing/fake-client.ts';

const A: MissingObject = { kind: 'ConfigMap', namespace: 'ns', name: 'a' };
const B: MissingObject = { kind: 'Secret', namespace: 'ns', name: 'b' };
const version = (name: string, resourceVersion: string) => ({ metadata: { name, uid: name, resourceVersion } });

function start() {
  const client = new FakeClient();
  const told: string[] = [];
  const onAppear = (uid: string) => told.push(uid);
  const objects = new ObjectWatches({
    client: client.asClient(),
    forget: ({ kind, name }) => told.push(`forget ${kind} ${name}`),
  });
  const watches = new MissingObjectWatches(objects);
  const stop = new AbortController();
  const running = objects.run(stop.signal);
  const send = async (name: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', resourceVersion: string) => {
    client.watches.get(`metadata.name=${name}`)?.({ type, object: version(name, resourceVersion) });
    await settle();
  };
  return { client, told, onAppear, objects, watches, stop, running, send };
}

describe('MissingObjectWatches', () => {
  it('watches an object once by its name, and calls all who wait for it, after the reader', async () => {
    const { client, told, onAppear, watches, send } = start();
    for (const uid of ['1', '2']) watches.wait(uid, [A], onAppear);
    watches.wait('3', [B], onAppear);
    await settle();
    expect(client.requests).toEqual(['list configmaps/ns metadata.name=a', 'list secrets/ns metadata.name=b']);
    expect(told).toEqual([]);
    await send('a', 'ADDED', '5');
    expect(told).toEqual(['forget ConfigMap a', '1', '2']);
  });

  it('calls for each change, but not for a version that the pod has seen or was told of', async () => {
    const { told, onAppear, watches, send } = start();
    watches.wait('1', [{ ...A, seen: '5' }], onAppear);
    await settle();
    await send('a', 'ADDED', '5');
    expect(told).toEqual(['forget ConfigMap a']);
    await send('a', 'MODIFIED', '6');
    watches.wait('1', [{ ...A, seen: '5' }], onAppear);
    await settle();
    expect(told).toEqual(['forget ConfigMap a', 'forget ConfigMap a', '1']);
    await send('a', 'DELETED', '7');
    await send('a', 'ADDED', '8');
    expect(told.filter((line) => line === '1')).toHaveLength(2);
  });

  it('calls, later, a pod that comes to wait for what is there already', async () => {
    const { client, told, onAppear, watches } = start();
    client.lists.set('metadata.name=a', [version('a', '5')]);
    watches.wait('1', [A], onAppear);
    await settle();
    watches.wait('2', [A], onAppear);
    expect(told).not.toContain('2');
    await settle();
    expect(told).toEqual(['forget ConfigMap a', '1', '2']);
  });

  it('stops a watch when nobody waits any more', async () => {
    const { client, told, onAppear, objects, watches, send } = start();
    watches.wait('1', [A, B], onAppear);
    watches.wait('2', [A], onAppear);
    await settle();
    watches.wait('1', [B], onAppear);
    expect(objects.size).toBe(2);
    watches.release('2');
    await settle();
    expect([...client.watches.keys()]).toEqual(['metadata.name=b']);
    watches.release('1');
    await settle();
    expect(client.watches.size).toBe(0);
    await send('b', 'ADDED', '5');
    expect(told).toEqual([]);
  });
});
