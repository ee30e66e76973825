import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../client/kube-client.ts';
import { KubeStatusError, KubeTransportError } from '../client/kube-errors.ts';
import { pods } from '../resource-type.ts';
import { settle } from '../testing/manual-clock.ts';
import type { Pod } from '../types.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';

const pod = (uid: string, resourceVersion: string): Pod => ({ metadata: { name: uid, uid, resourceVersion } });
const event = (type: string, object: Pod) => ({ type, object });

/** What the server answers to the next list or watch: a list's version and items, a watch's events, or an error (at the end of them). */
type Answer = { list: [string, Pod[]] } | { watch: unknown[]; error?: Error } | { error: Error };

/** Runs a reflector against answers given one after another; after the last one, it hangs in a watch. */
function startReflector(answers: Answer[], options: Partial<ReflectorOptions<Pod>> = {}) {
  const calls: string[] = [];
  const waits: number[] = [];
  const changes: string[] = [];
  const troubles: string[] = [];
  let clockMs = 0;
  const client = {
    async list(_type: unknown, _path: unknown, { resourceVersion }: { resourceVersion: string }) {
      calls.push(`list ${resourceVersion || 'newest'}`);
      const answer = answers.shift();
      if (answer !== undefined && 'list' in answer)
        return { metadata: { resourceVersion: answer.list[0] }, items: answer.list[1] };
      throw answer !== undefined && 'error' in answer ? answer.error : new Error('no list expected');
    },
    async *watch(
      _type: unknown,
      _path: unknown,
      watch: { resourceVersion: string; timeoutSeconds: number; signal: AbortSignal },
    ) {
      calls.push(`watch ${watch.resourceVersion} ${watch.timeoutSeconds}s`);
      const answer = answers.shift();
      if (answer === undefined) {
        await new Promise((_resolve, reject) =>
          watch.signal.addEventListener('abort', () => reject(watch.signal.reason)),
        );
        return;
      }
      clockMs += 2_000;
      if ('watch' in answer) yield* answer.watch;
      if ('error' in answer && answer.error !== undefined) throw answer.error;
    },
  } as unknown as KubeClient;
  const stop = new AbortController();
  const reflector = new Reflector<Pod>({
    client,
    type: pods,
    fieldSelector: 'spec.nodeName=n',
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
    },
    now: () => clockMs,
    onAdd: (o) => changes.push(`+${o.metadata?.uid}`),
    onUpdate: (_before, o) => changes.push(`~${o.metadata?.uid}`),
    onDelete: (o) => changes.push(`-${o.metadata?.uid}`),
    onSynced: () => changes.push('synced'),
    onTrouble: (err, context) => troubles.push(`${context}: ${err.message}`),
    ...options,
  });
  const running = reflector.run(stop.signal);
  const end = async () => {
    await settle();
    stop.abort();
    await running;
  };
  return { reflector, calls, waits, changes, troubles, end };
}

describe('Reflector', () => {
  it('lists any version, then watches from there with a random end', async () => {
    const { reflector, calls, changes, end } = startReflector([
      { list: ['10', [pod('a', '5')]] },
      {
        watch: [
          event('ADDED', pod('b', '11')),
          event('MODIFIED', pod('a', '12')),
          event('DELETED', pod('b', '13')),
          event('BOOKMARK', pod('', '20')),
        ],
      },
    ]);
    await reflector.synced;
    await end();
    expect(changes).toEqual(['+a', 'synced', '+b', '~a', '-b']);
    expect(calls).toEqual(['list 0', 'watch 10 450s', 'watch 20 450s']);
    expect(reflector.size).toBe(1);
    expect(reflector.get('a')?.metadata?.resourceVersion).toBe('12');
  });

  it('keeps of each object what transform leaves, listed or watched', async () => {
    const { reflector, end } = startReflector(
      [{ list: ['10', [pod('a', '5')]] }, { watch: [event('ADDED', pod('b', '11'))] }],
      { transform: ({ metadata = {} }) => ({ metadata: { ...metadata, name: `kept ${metadata.name}` } }) },
    );
    await reflector.synced;
    await end();
    expect([...reflector.values()].map(({ metadata }) => metadata?.name)).toEqual(['kept a', 'kept b']);
  });

  it('lists the newest version after 410, and tells the difference', async () => {
    const gone = new KubeStatusError('watch pods', 410, { reason: 'Expired', message: 'too old' });
    const { calls, changes, end } = startReflector([
      { list: ['10', [pod('a', '5')]] },
      { watch: [], error: gone },
      { list: ['90', [pod('b', '80')]] },
    ]);
    await end();
    expect(calls).toEqual(['list 0', 'watch 10 450s', 'list newest', 'watch 90 450s']);
    expect(changes).toEqual(['+a', 'synced', '-a', '+b', 'synced']);
  });

  it.each([
    ['429', new KubeStatusError('watch pods', 429, { message: 'busy' })],
    ['a broken connection', new KubeTransportError('watch pods', 'connection', 'reset')],
    ['a silent connection', new KubeTransportError('watch pods', 'timeout', 'nothing')],
    ['a garbage line', new KubeTransportError('watch pods', 'malformed', 'no event')],
    ['503 with Retry-After', new KubeStatusError('watch pods', 503, undefined, 1)],
  ])('watches again from the same version after %s', async (_what, error) => {
    const { calls, waits, troubles, end } = startReflector([
      { list: ['10', []] },
      { watch: [event('ADDED', pod('a', '11'))], error },
    ]);
    await end();
    expect(calls).toEqual(['list 0', 'watch 10 450s', 'watch 11 450s']);
    expect(waits).toEqual([1_200]);
    expect(troubles).toEqual([`watch: ${error.message}`]);
  });

  it('lists again, at least as new, after any other error', async () => {
    const { calls, end } = startReflector([
      { list: ['10', []] },
      { error: new KubeStatusError('watch pods', 403, { message: 'no' }) },
      { list: ['12', []] },
    ]);
    await end();
    expect(calls).toEqual(['list 0', 'watch 10 450s', 'list 10', 'watch 12 450s']);
  });

  it('keeps trying to list, with growing waits, and is not synced before', async () => {
    const error = new Error('ECONNREFUSED');
    const { calls, waits, changes, end } = startReflector([{ error }, { error }, { error }, { list: ['1', []] }]);
    await end();
    expect(calls).toEqual(['list 0', 'list 0', 'list 0', 'list 0', 'watch 1 450s']);
    expect(waits).toEqual([1_200, 2_400, 4_800]);
    expect(changes).toEqual(['synced']);
  });

  it('treats a list that the server has not caught up with as too old', async () => {
    const tooLarge = new KubeStatusError('GET pods', 504, {
      reason: 'Timeout',
      details: { causes: [{ reason: 'ResourceVersionTooLarge' }] },
    });
    const { calls, end } = startReflector([{ error: tooLarge }, { list: ['1', []] }]);
    await end();
    expect(calls.slice(0, 2)).toEqual(['list 0', 'list newest']);
  });

  it('reports a callback that throws and carries on', async () => {
    const { reflector, troubles, end } = startReflector([{ list: ['1', [pod('a', '1'), pod('b', '1')]] }], {
      onAdd: () => {
        throw new Error('my bug');
      },
    });
    await end();
    expect(troubles).toEqual(['callback: my bug', 'callback: my bug']);
    expect(reflector.size).toBe(2);
  });

  it('survives an onTrouble that throws', async () => {
    const { calls, end } = startReflector([{ error: new Error('x') }, { list: ['1', []] }], {
      onTrouble: () => {
        throw new Error('my bug too');
      },
    });
    await end();
    expect(calls).toEqual(['list 0', 'list 0', 'watch 1 450s']);
  });

  it('waits when the server ends a watch at once', async () => {
    const { waits, troubles, end } = startReflector([{ list: ['1', []] }, { watch: [] }], { now: () => 0 });
    await end();
    expect(waits.length).toBe(1);
    expect(troubles[0]).toContain('ended the watch at once');
  });
});
