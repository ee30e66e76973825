import { describe, expect, it } from 'vitest';
import { ObjectWatches, type WatchedObject } from './object-watches.ts';
import { FakeClient, settle } from './testing/fake-client.ts';

const A: WatchedObject = { kind: 'ConfigMap', namespace: 'ns', name: 'a' };
const B: WatchedObject = { kind: 'Secret', namespace: 'ns', name: 'b' };
const object = (name: string, resourceVersion: string, more: object = {}) => ({
  metadata: { name, uid: name, resourceVersion },
  ...more,
});

function start() {
  const client = new FakeClient();
  const told: string[] = [];
  const watches = new ObjectWatches({
    client: client.asClient(),
    forget: ({ name }) => void told.push(`forget ${name}`),
  });
  const user = (who: string, untilImmutable = true) => ({
    untilImmutable,
    onChange: ({ name }: WatchedObject, version: string | undefined) => void told.push(`${who}: ${name} ${version}`),
  });
  const stop = new AbortController();
  const running = watches.run(stop.signal);
  const send = async (name: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', version: string, more: object = {}) => {
    client.watches.get(`metadata.name=${name}`)?.({ type, object: object(name, version, more) });
    await settle();
  };
  return { client, told, watches, user, stop, running, send };
}

describe('ObjectWatches', () => {
  it('watches what 5,000 use once, and tells each of a change, after the reader', async () => {
    const { client, told, watches, user, send } = start();
    client.lists.set('metadata.name=a', [object('a', '1')]);
    for (let who = 0; who < 5_000; who += 1) watches.use(String(who), [A], user(String(who)));
    await settle();
    expect(client.requests).toEqual(['list configmaps/ns metadata.name=a']);
    told.length = 0;
    await send('a', 'MODIFIED', '2');
    expect([told.length, ...told.slice(0, 2), told.at(-1)]).toEqual([5_001, 'forget a', '0: a 2', '4999: a 2']);
  });

  it('tells what is there, or that nothing is, once that is known, and those who come later as well', async () => {
    const { client, told, watches, user } = start();
    client.lists.set('metadata.name=a', [object('a', '1')]);
    watches.use('x', [A, B], user('x'));
    expect(told).toEqual([]);
    await settle();
    expect(told).toEqual(['forget a', 'x: a 1', 'x: b undefined']);
    watches.use('y', [A], user('y'));
    expect(told).toHaveLength(3);
    await settle();
    expect(told.at(-1)).toBe('y: a 1');
  });

  it('stops a watch when its last user leaves or uses other things', async () => {
    const { client, watches, user } = start();
    watches.use('x', [A, B], user('x'));
    watches.use('y', [A], user('y'));
    await settle();
    watches.use('x', [B], user('x'));
    watches.release('y');
    await settle();
    expect([watches.size, ...client.watches.keys()]).toEqual([1, 'metadata.name=b']);
    watches.use('x', [], user('x'));
    await settle();
    expect([watches.size, client.watches.size]).toEqual([0, 0]);
  });

  it('closes the watch on what is immutable, unless somebody waits for another in its place', async () => {
    const { client, told, watches, user, send } = start();
    client.lists.set('metadata.name=a', [object('a', '1', { immutable: true })]);
    watches.use('x', [A], user('x'));
    await settle();
    expect(client.watches.size).toBe(0);
    watches.use('y', [A], user('y'));
    await settle();
    expect([client.watches.size, told.at(-1)]).toEqual([0, 'y: a 1']);
    watches.use('z', [A], user('z', false));
    await settle();
    expect(client.watches.size).toBe(1);
    await send('a', 'DELETED', '2');
    expect(told.at(-1)).toBe('z: a undefined');
    client.lists.set('metadata.name=a', []);
    watches.release('z');
    await settle();
    // It may change again now.
    expect(client.watches.size).toBe(1);
  });

  it('closes the watch on what becomes immutable', async () => {
    const { client, watches, user, send } = start();
    client.lists.set('metadata.name=a', [object('a', '1')]);
    watches.use('x', [A], user('x'));
    await settle();
    expect(client.watches.size).toBe(1);
    await send('a', 'MODIFIED', '2', { immutable: true });
    expect([client.watches.size, watches.size]).toEqual([0, 1]);
  });

  it('starts with run() and leaves nothing behind', async () => {
    const client = new FakeClient();
    const watches = new ObjectWatches({ client: client.asClient(), forget: () => undefined });
    const user = { untilImmutable: true, onChange: () => undefined };
    const stop = new AbortController();
    watches.use('x', [A], user);
    await settle();
    expect(client.requests).toEqual([]);
    const running = watches.run(stop.signal);
    await settle();
    expect(client.watches.size).toBe(1);
    stop.abort();
    await running;
    expect([client.watches.size, watches.size]).toEqual([0, 0]);
    watches.use('y', [B], user);
    await settle();
    expect(client.requests).toEqual(['list configmaps/ns metadata.name=a']);
  });
});
