import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../types.ts';
import { ObjectStore } from './object-store.ts';

const object = (name: string, uid: string, resourceVersion: string): KubeObject => ({
  metadata: { name, uid, resourceVersion },
});

function startStore(keyOf = (o: KubeObject) => o.metadata?.uid ?? '') {
  const changes: string[] = [];
  const show = (o: KubeObject) => `${o.metadata?.uid}@${o.metadata?.resourceVersion}`;
  const store = new ObjectStore<KubeObject>(keyOf, {
    onAdd: (o) => changes.push(`+${show(o)}`),
    onUpdate: (before, after) => changes.push(`${show(before)}>${show(after)}`),
    onDelete: (last) => changes.push(`-${show(last)}`),
  });
  return { store, changes };
}

describe('ObjectStore', () => {
  it('tells of adds, updates and deletes, with the state before and the last', () => {
    const { store, changes } = startStore();
    store.set(object('a', 'u1', '1'));
    store.set(object('a', 'u1', '2'));
    store.delete(object('a', 'u1', '3'));
    expect(changes).toEqual(['+u1@1', 'u1@1>u1@2', '-u1@3']);
    expect(store.size).toBe(0);
  });

  it('tells nothing of an object that it has in this version, or of the end of one that it does not have', () => {
    const { store, changes } = startStore();
    store.set(object('a', 'u1', '1'));
    store.set(object('a', 'u1', '1'));
    store.delete(object('b', 'u2', '1'));
    expect(changes).toEqual(['+u1@1']);
  });

  it('replaceAll() tells the difference, deletions first', () => {
    const { store, changes } = startStore();
    store.replaceAll([object('a', 'u1', '1'), object('b', 'u2', '1'), object('c', 'u3', '1')]);
    changes.length = 0;
    store.replaceAll([object('b', 'u2', '2'), object('c', 'u3', '1'), object('a', 'u4', '5')]);
    expect(changes).toEqual(['-u1@1', 'u2@1>u2@2', '+u4@5']);
    expect([...store.values()].map(({ metadata }) => metadata?.uid).sort()).toEqual(['u2', 'u3', 'u4']);
  });

  it('tells a recreated object as a delete and an add, also by name and also when the delete was missed', () => {
    const { store, changes } = startStore((o) => o.metadata?.name ?? '');
    store.set(object('a', 'u1', '1'));
    store.set(object('a', 'u2', '7'));
    store.delete(object('a', 'u1', '6'));
    expect(changes).toEqual(['+u1@1', '-u1@1', '+u2@7']);
    expect(store.get('a')?.metadata?.uid).toBe('u2');
  });
});
