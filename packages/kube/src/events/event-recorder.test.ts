import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../client/kube-client.ts';
import { KubeStatusError, KubeTransportError } from '../client/kube-errors.ts';
import type { CoreEvent } from '../types.ts';
import { EventRecorder } from './event-recorder.ts';
import { objectReference } from './object-reference.ts';

const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'ns', name: 'p', uid: 'u' };

/** A recorder whose writes are kept; `fail` may throw instead, given how many writes there were. */
function startRecorder(fail: (writes: number) => void = () => undefined) {
  const written: { verb: string; namespace: string | undefined; body: CoreEvent }[] = [];
  const troubles: string[] = [];
  let writes = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  const write = async (verb: string, namespace: string | undefined, body: CoreEvent) => {
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    await Promise.resolve();
    inFlight -= 1;
    writes += 1;
    fail(writes);
    written.push({ verb, namespace, body });
  };
  const client = {
    create: (_type: unknown, { namespace }: { namespace: string }, body: CoreEvent) => write('create', namespace, body),
    patch: (_type: unknown, { namespace }: { namespace: string }, body: CoreEvent) => write('patch', namespace, body),
  } as unknown as KubeClient;
  const stop = new AbortController();
  const recorder = new EventRecorder({
    client,
    component: 'kubelet',
    host: 'n1',
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    onTrouble: (err) => troubles.push(err.message),
  });
  const running = recorder.run(stop.signal);
  const end = async () => {
    await recorder.flush(1_000);
    stop.abort();
    await running;
  };
  return { recorder, written, troubles, end, mostInFlight: () => mostInFlight };
}

describe('EventRecorder', () => {
  it('writes the event that kubectl describe reads', async () => {
    const { recorder, written, end } = startRecorder();
    recorder.record({ ...ref, fieldPath: 'spec.containers{c}' }, 'Warning', 'Failed', 'Error: x');
    await end();
    expect(written).toMatchObject([
      {
        verb: 'create',
        namespace: 'ns',
        body: {
          metadata: { name: expect.stringMatching(/^p\.[0-9a-f]{16}$/), namespace: 'ns' },
          involvedObject: { ...ref, fieldPath: 'spec.containers{c}' },
          type: 'Warning',
          reason: 'Failed',
          message: 'Error: x',
          source: { component: 'kubelet', host: 'n1' },
          reportingComponent: 'kubelet',
          reportingInstance: 'n1',
          firstTimestamp: '2026-01-02T03:04:05Z',
          lastTimestamp: '2026-01-02T03:04:05Z',
          count: 1,
        },
      },
    ]);
  });

  it('tells for another host', async () => {
    const { recorder, written, end } = startRecorder();
    recorder.forHost('n2').record(ref, 'Normal', 'Pulled', 'x');
    recorder.record({ ...ref, uid: 'v' }, 'Normal', 'Pulled', 'x');
    await end();
    const hosts = written.map(({ body }) => [body.source?.host, body.reportingInstance]);
    expect(hosts.sort()).toEqual([
      ['n1', 'n1'],
      ['n2', 'n2'],
    ]);
  });

  it('patches the count of an event that is there, and creates it anew when it has expired', async () => {
    const { recorder, written, end } = startRecorder((writes) => {
      if (writes === 3) throw new KubeStatusError('PATCH event', 404, { reason: 'NotFound' });
    });
    for (let i = 0; i < 3; i += 1) {
      recorder.record(ref, 'Normal', 'Pulling', 'x');
      await recorder.flush(1_000);
    }
    await end();
    expect(written.map(({ verb, body }) => [verb, body.count])).toEqual([
      ['create', 1],
      ['patch', 2],
      ['create', 3],
    ]);
  });

  it('writes once what is told many times before it gets to it', async () => {
    const { recorder, written, end } = startRecorder();
    for (let i = 0; i < 5; i += 1) recorder.record(ref, 'Normal', 'Pulling', 'x');
    await end();
    expect(written.at(-1)?.body.count).toBe(5);
    expect(written.length).toBeLessThanOrEqual(2);
  });

  it('puts the events of cluster-wide objects into default', async () => {
    const { recorder, written, end } = startRecorder();
    recorder.record(
      objectReference({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', uid: 'n1' } }),
      'Normal',
      'Starting',
      'x',
    );
    await end();
    expect(written[0]?.namespace).toBe('default');
  });

  it('never has more than two writes in flight and never holds more than a thousand events', async () => {
    const { recorder, written, end, mostInFlight } = startRecorder();
    for (let i = 0; i < 3_000; i += 1)
      recorder.record({ ...ref, name: `p${i}`, uid: `u${i}` }, 'Normal', 'Pulling', 'x');
    await end();
    expect(mostInFlight()).toBe(2);
    expect(written.length).toBe(1_000);
  });

  it('drops silently what belongs to a namespace that goes, and tells of other refusals', async () => {
    const terminating = { reason: 'Forbidden', details: { causes: [{ reason: 'NamespaceTerminating' }] } };
    const answers = [
      new KubeStatusError('POST events', 403, terminating),
      new KubeStatusError('POST events', 404, { reason: 'NotFound' }),
      new KubeStatusError('POST events', 403, { reason: 'Forbidden', message: 'no rights' }),
    ];
    const { recorder, troubles, end } = startRecorder((writes) => {
      throw answers[writes - 1] ?? new Error('too many writes');
    });
    for (const message of ['a', 'b', 'c']) {
      recorder.record(ref, 'Normal', 'Pulling', message);
      await recorder.flush(1_000);
    }
    await end();
    expect(troubles).toEqual(['Cannot POST events: no rights (HTTP 403 Forbidden)']);
  });

  it('takes an event that exists for its own, whose answer was lost', async () => {
    const { recorder, written, end } = startRecorder((writes) => {
      if (writes === 1) throw new KubeStatusError('POST events', 409, { reason: 'AlreadyExists' });
    });
    recorder.record(ref, 'Normal', 'Pulling', 'x');
    await recorder.flush(1_000);
    recorder.record(ref, 'Normal', 'Pulling', 'x');
    await end();
    expect(written.map(({ verb, body }) => [verb, body.count])).toEqual([['patch', 2]]);
  });

  it('keeps an event that could not be sent, and flush() ends in time', async () => {
    const { recorder, troubles, end } = startRecorder(() => {
      throw new KubeTransportError('POST events', 'connection', 'refused');
    });
    recorder.record(ref, 'Normal', 'Pulling', 'x');
    await recorder.flush(30);
    expect(troubles).toEqual([]);
    void end();
  });

  it('cuts long messages between characters', async () => {
    const { recorder, written, end } = startRecorder();
    recorder.record(ref, 'Normal', 'Pulling', 'ä'.repeat(5_000));
    await end();
    expect(written[0]?.body.message).toBe('ä'.repeat(2_048));
  });
});

describe('objectReference()', () => {
  it('refuses an object without kind', () => {
    expect(() => objectReference({ metadata: { name: 'p' } })).toThrow('Cannot refer to an object "p"');
  });
});
