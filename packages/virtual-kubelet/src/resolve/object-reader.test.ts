import { describe, expect, it } from 'vitest';
import { KubeObjectReader } from './object-reader.ts';
import { FakeClient, settle } from './testing/fake-client.ts';

const { signal } = new AbortController();

function start() {
  const client = new FakeClient();
  const timers: Array<{ fire: () => void; ms: number }> = [];
  const startTimer = (fire: () => void, ms: number) => {
    timers.push({ fire, ms });
    return () => undefined;
  };
  return { client, timers, reader: new KubeObjectReader(client.asClient(), { startTimer }) };
}

describe('KubeObjectReader', () => {
  it('shares one GET among all who want the object, and with those who come within a second', async () => {
    const { client, reader, timers } = start();
    const answer = Promise.withResolvers<object>();
    client.answers.set('configmaps/ns/a', answer.promise);
    const reading = Array.from({ length: 500 }, () => reader.configMap('ns', 'a', signal));
    answer.resolve({ data: { k: 'v' } });
    for (const object of await Promise.all(reading)) expect(object?.data).toEqual({ k: 'v' });
    await reader.configMap('ns', 'a', signal);
    expect(client.requests).toEqual(['configmaps/ns/a']);
    expect(timers.map(({ ms }) => ms)).toEqual([1_000]);
    timers[0]?.fire();
    await reader.configMap('ns', 'a', signal);
    expect(client.requests).toHaveLength(2);
  });

  it('keeps kinds, namespaces and names apart', async () => {
    const { client, reader } = start();
    await Promise.all([
      reader.configMap('ns', 'a', signal),
      reader.secret('ns', 'a', signal),
      reader.configMap('other', 'a', signal),
      reader.configMap('ns', 'b', signal),
    ]);
    expect(client.requests).toEqual(['configmaps/ns/a', 'secrets/ns/a', 'configmaps/other/a', 'configmaps/ns/b']);
  });

  it('reads anew after there was no object, and after an error', async () => {
    const { client, reader } = start();
    expect(await reader.secret('ns', 'a', signal)).toBeUndefined();
    client.answers.set('secrets/ns/a', new Error('no'));
    await expect(reader.secret('ns', 'a', signal)).rejects.toThrow('no');
    client.answers.set('secrets/ns/a', { metadata: { name: 'a' } });
    expect(await reader.secret('ns', 'a', signal)).toEqual({ metadata: { name: 'a' } });
    expect(client.requests).toHaveLength(3);
  });

  it('forget() makes the next reader ask anew, even while a GET is in flight', async () => {
    const { client, reader } = start();
    const old = Promise.withResolvers<object>();
    client.answers.set('configmaps/ns/a', old.promise);
    const first = reader.configMap('ns', 'a', signal);
    await settle();
    reader.forget({ kind: 'ConfigMap', namespace: 'ns', name: 'a' });
    client.answers.set('configmaps/ns/a', { data: { version: 'new' } });
    expect((await reader.configMap('ns', 'a', signal))?.data).toEqual({ version: 'new' });
    old.resolve({ data: { version: 'old' } });
    expect((await first)?.data).toEqual({ version: 'old' });
    expect((await reader.configMap('ns', 'a', signal))?.data).toEqual({ version: 'new' });
    expect(client.requests).toHaveLength(2);
  });

  it('lets one reader go without the others, and aborts the GET when the last has gone', async () => {
    const { client, reader } = start();
    client.answers.set('configmaps/ns/a', Promise.withResolvers<object>().promise);
    const one = new AbortController();
    const two = new AbortController();
    const first = reader.configMap('ns', 'a', one.signal);
    const second = reader.configMap('ns', 'a', two.signal);
    one.abort();
    await expect(first).rejects.toBe(one.signal.reason);
    expect(client.signals[0]?.aborted).toBe(false);
    two.abort();
    await expect(second).rejects.toBe(two.signal.reason);
    expect(client.signals[0]?.aborted).toBe(true);
    await expect(reader.configMap('ns', 'a', one.signal)).rejects.toBe(one.signal.reason);
  });

  it('asks for a token that is bound to the pod', async () => {
    const { client, reader } = start();
    const request = { audiences: ['vault'], expirationSeconds: 3607, pod: { name: 'p', uid: 'u' } };
    expect(await reader.serviceAccountToken('ns', 'robot', request, signal)).toBe('the-token');
    expect(client.requests).toEqual(['serviceaccounts/ns/robot/token']);
    expect(client.created).toEqual([
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: ['vault'],
          expirationSeconds: 3607,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' },
        },
      },
    ]);
  });
});
