import type { Owner, PodRequest } from '@interlink/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type OnUnknown, type SimulatedCreate, SimulatedPlugin } from '../testing/simulated-plugin.ts';
import type { V1Backend } from './v1-backend.ts';

const owner: Owner = { cluster: 'c', node: 'n' };
const settleMs = 120_000;
const uidOf = (name: string) => `11111111-1111-4111-8111-00000000000${name}`;

function requestOf(name: string, createdMs: number): PodRequest {
  const creationTimestamp = new Date(createdMs).toISOString();
  const metadata = { uid: uidOf(name), namespace: 'ns', name, creationTimestamp };
  return { pod: { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } }, volumes: [] };
}

/** A plugin, and an InterLink that has been there for a minute when the pod is created. */
function start(onUnknown: OnUnknown = 'leaves it out') {
  const plugin = new SimulatedPlugin(onUnknown);
  const backend = plugin.backend(settleMs);
  plugin.nowMs += 60_000;
  return { plugin, backend, request: requestOf('1', plugin.nowMs) };
}

const codeOf = async (backend: V1Backend, request: PodRequest) =>
  await backend.create(request, owner).then(
    () => 'taken',
    (error: { reason?: string; code: string }) => error.reason ?? error.code,
  );

/** One round of polling. */
async function poll(backend: V1Backend): Promise<void> {
  await backend.list().catch(() => undefined);
}

async function first(create: SimulatedCreate, onUnknown?: OnUnknown) {
  const started = start(onUnknown);
  const { plugin, backend, request } = started;
  // The first list asks nobody.
  await poll(backend);
  plugin.next = create;
  const code = await codeOf(backend, request);
  plugin.next = { outcome: 'taken', jobAfterMs: 0 };
  return { ...started, code };
}

describe('V1Backend sends a second create', () => {
  test('at once when the connection was refused', async () => {
    const { plugin, backend, request } = await first({ outcome: 'unsent', jobAfterMs: undefined });
    expect(await codeOf(backend, request)).toBe('taken');
    expect(plugin.jobsOf(uidOf('1'))).toBe(1);
  });

  test('after an error answer once a good status lacks the pod, and not before', async () => {
    const { plugin, backend, request } = await first({ outcome: 'refused', jobAfterMs: undefined });
    plugin.mood = 'ill';
    expect(await codeOf(backend, request)).toBe('CreateUnclear');
    plugin.mood = 'well';
    expect(await codeOf(backend, request)).toBe('taken');
  });

  test('never when an error answer was not the whole truth', async () => {
    const { plugin, backend, request } = await first({ outcome: 'refused', jobAfterMs: 0 });
    expect(await codeOf(backend, request)).toBe('taken');
    expect(plugin.asked.filter((what) => what.startsWith('create'))).toHaveLength(1);
  });

  test('after a lost answer only when the settling time is over', async () => {
    const { plugin, backend, request } = await first({ outcome: 'unclear', jobAfterMs: undefined });
    plugin.nowMs += settleMs - 1;
    expect(await codeOf(backend, request)).toBe('CreateUnclear');
    plugin.nowMs += 1;
    expect(await codeOf(backend, request)).toBe('taken');
  });

  test('of a pod that a process before may have sent only when the settling time is over', async () => {
    const { plugin, request } = start();
    const next = plugin.backend(settleMs);
    plugin.nowMs += settleMs - 1;
    expect(await codeOf(next, request)).toBe('CreateUnclear');
    expect(await codeOf(next, requestOf('2', plugin.nowMs))).toBe('taken');
    plugin.nowMs += 1;
    expect(await codeOf(next, request)).toBe('taken');
  });

  test('to a plugin that names any pod without containers, also one that nobody has sent, once the settling time is over', async () => {
    const { plugin, backend, request } = await first(
      { outcome: 'unclear', jobAfterMs: undefined },
      'names it without containers',
    );
    plugin.nowMs += settleMs - 1;
    expect(await codeOf(backend, request)).toBe('CreateUnclear');
    plugin.nowMs += 1;
    expect(await codeOf(backend, request)).toBe('taken');
    expect(plugin.jobsOf(uidOf('1'))).toBe(1);
  });

  test.each(['unclear', 'refused'] as const)(
    'never while a plugin names the pod, though without containers, after a create that was %s',
    async (outcome) => {
      const { plugin, backend, request } = await first({ outcome, jobAfterMs: 0 }, 'leaves it out');
      plugin.queueMs = 100 * settleMs;
      plugin.nowMs += 10 * settleMs;
      await poll(backend);
      await expect(backend.create(request, owner)).rejects.toMatchObject({
        reason: 'CreateUnclear',
        message: expect.stringContaining('names the pod without a container'),
      });
      expect(plugin.jobsOf(uidOf('1'))).toBe(1);
      plugin.nowMs += 100 * settleMs;
      expect(await codeOf(backend, request)).toBe('taken');
      expect(plugin.jobsOf(uidOf('1'))).toBe(1);
    },
  );

  test('never of a pod that a process before may have sent while the plugin names it', async () => {
    const { plugin, backend, request } = start();
    plugin.queueMs = 100 * settleMs;
    expect(await codeOf(backend, request)).toBe('taken');
    const next = plugin.backend(settleMs);
    plugin.nowMs += settleMs;
    expect(await codeOf(next, request)).toBe('CreateUnclear');
    expect(plugin.jobsOf(uidOf('1'))).toBe(1);
  });

  test('never while a plugin names the pod that names waiting jobs and strangers alike', async () => {
    const { plugin, backend, request } = start('names it without containers');
    plugin.queueMs = settleMs;
    await poll(backend);
    expect(await codeOf(backend, request)).toBe('taken');
    await poll(backend);
    plugin.nowMs += settleMs;
    // It had the first one although it named no container.
    await poll(backend);
    plugin.queueMs = 100 * settleMs;
    plugin.next = { outcome: 'unclear', jobAfterMs: 0 };
    const other = requestOf('2', plugin.nowMs);
    await codeOf(backend, other);
    plugin.nowMs += 10 * settleMs;
    expect(await codeOf(backend, other)).toBe('CreateUnclear');
    expect(plugin.jobsOf(uidOf('2'))).toBe(1);
  });

  test('to a plugin that fails for pods that it does not know', async () => {
    const { plugin, backend, request, code } = await first({ outcome: 'refused', jobAfterMs: undefined }, 'fails');
    expect(code).toBe('internal');
    plugin.nowMs += settleMs;
    expect(await codeOf(backend, request)).toBe('CreateUnclear');
    // It answers others, or a ping, well: its error is about this pod.
    await poll(backend);
    expect(await codeOf(backend, request)).toBe('taken');
  });
});

test('V1Backend hands the first create to a plugin that fails for pods that it does not know', async () => {
  const { plugin, backend, request } = start('fails');
  expect(await codeOf(backend, request)).toBe('taken');
  expect(plugin.jobsOf(uidOf('1'))).toBe(1);
});

describe('V1Backend, told of an InterLink that has restarted while a job waits in its queue and is named only,', () => {
  /** @param jobID what a virtual kubelet has written onto the pod */
  async function startAnew(onUnknown: OnUnknown, jobID?: string) {
    const { plugin, backend, request } = start(onUnknown);
    plugin.queueMs = 1_000 * settleMs;
    expect(await codeOf(backend, request)).toBe('taken');
    const annotations = jobID === undefined ? {} : { JobID: jobID };
    const { pod } = request;
    const known: PodRequest = { ...request, pod: { ...pod, metadata: { ...pod.metadata, annotations } } };
    const next = plugin.backend(settleMs);
    // The first list asks nobody.
    await poll(next);
    plugin.asked.length = 0;
    return { plugin, backend: next, request: known };
  }

  test('sends no second create of a pod that has a job, though strangers are named alike', async () => {
    const { plugin, backend, request } = await startAnew('names it without containers', 'job');
    plugin.nowMs += 10 * settleMs;
    await poll(backend);
    expect(await codeOf(backend, request)).toBe('CreateUnclear');
    expect(plugin.jobsOf(uidOf('1'))).toBe(1);
    plugin.nowMs += 1_000 * settleMs;
    expect(await codeOf(backend, request)).toBe('taken');
    expect(plugin.jobsOf(uidOf('1'))).toBe(1);
  });

  test.each(['leaves it out', 'names it without containers'] as const)(
    'deletes a pod that it has not reported, at a plugin that for a stranger %s',
    async (onUnknown) => {
      const { plugin, backend, request } = await startAnew(onUnknown, 'job');
      expect(await codeOf(backend, request)).toBe('CreateUnclear');
      await backend.deleteUnreported({ owner: { cluster: 'c', node: 'other' }, uid: uidOf('1') });
      await backend.deleteUnreported({ owner, uid: uidOf('2') });
      expect(plugin.jobsOf(uidOf('1'))).toBe(1);
      await backend.deleteUnreported({ owner, uid: uidOf('1') });
      expect([plugin.jobsOf(uidOf('1')), await backend.list()]).toEqual([0, []]);
    },
  );

  test('is told when it can’t have a pod deleted that may be there, and not when it can’t be', async () => {
    const { plugin, backend, request } = await startAnew('leaves it out');
    expect(await codeOf(backend, request)).toBe('CreateUnclear');
    plugin.delete = async () => await Promise.reject(new Error('no such job'));
    await expect(backend.deleteUnreported({ owner, uid: uidOf('1') })).rejects.toThrow('no such job');
    plugin.lose(uidOf('1'));
    plugin.nowMs += settleMs;
    await backend.adopt(request, owner);
    await backend.deleteUnreported({ owner, uid: uidOf('1') });
  });

  test('deletes again a job that is named after its deletion, until that is taken', async () => {
    const { plugin, backend, request } = await startAnew('leaves it out');
    expect(await codeOf(backend, request)).toBe('CreateUnclear');
    const deletions: string[] = [];
    const take = plugin.delete.bind(plugin);
    // The answer is "yes", and the job is still there.
    plugin.delete = async ({ metadata }) => void deletions.push(metadata.name);
    await backend.deleteUnreported({ owner, uid: uidOf('1') });
    plugin.delete = async ({ metadata }) => {
      deletions.push(metadata.name);
      throw new Error('busy');
    };
    plugin.nowMs += settleMs;
    await poll(backend);
    // It has begun meanwhile.
    plugin.queueMs = 0;
    await poll(backend);
    expect(deletions).toEqual(['1', '1', '1']);
    plugin.delete = take;
    await poll(backend);
    await expect.poll(() => plugin.jobsOf(uidOf('1'))).toBe(0);
  });
});

test('V1Backend learns nothing of empty entries from an answer that was asked for before the job was there', async () => {
  const { plugin, backend, request } = start('names it without containers');
  await poll(backend);
  const answer = plugin.status.bind(plugin);
  const gates: Array<() => void> = [];
  plugin.status = async (pods) => {
    const told = await answer(pods);
    await new Promise<void>((resolve) => void gates.push(resolve));
    return told;
  };
  const creating = codeOf(backend, request);
  await expect.poll(() => gates.length).toBe(1);
  const polling = poll(backend);
  await expect.poll(() => gates.length).toBe(2);
  plugin.status = answer;
  plugin.nowMs += 1;
  gates[0]?.();
  expect(await creating).toBe('taken');
  gates[1]?.();
  await polling;
  await poll(backend);
  const other = requestOf('2', plugin.nowMs);
  plugin.next = { outcome: 'unclear', jobAfterMs: undefined };
  await codeOf(backend, other);
  plugin.next = { outcome: 'taken', jobAfterMs: 0 };
  plugin.nowMs += settleMs;
  expect(await codeOf(backend, other)).toBe('taken');
});

test('V1Backend deletes a job that turns up after its pod was deleted', async () => {
  const { plugin, backend, request } = await first({ outcome: 'unclear', jobAfterMs: 5_000 });
  await backend.deleteUnseen(request.pod, owner);
  // The plugin had nothing to delete yet.
  plugin.next = { outcome: 'taken', jobAfterMs: 0 };
  await plugin.create({ pod: request.pod });
  await poll(backend);
  await expect.poll(() => plugin.jobsOf(uidOf('1'))).toBe(0);
  expect(await backend.list()).toEqual([]);
});

type Command =
  | { readonly kind: 'create'; readonly create: SimulatedCreate }
  | { readonly kind: 'crash'; readonly jobAfterMs: number | undefined }
  | { readonly kind: 'mood'; readonly mood: SimulatedPlugin['mood'] }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'poll' };

/** A plugin that is at it still has begun within the settling time. */
const later = fc.option(fc.integer({ min: 0, max: settleMs - 1 }), { nil: undefined });
const create: fc.Arbitrary<SimulatedCreate> = fc.oneof(
  fc.constant<SimulatedCreate>({ outcome: 'unsent', jobAfterMs: undefined }),
  fc.constantFrom(0, undefined).map((jobAfterMs): SimulatedCreate => ({ outcome: 'refused', jobAfterMs })),
  later.map((jobAfterMs): SimulatedCreate => ({ outcome: 'unclear', jobAfterMs })),
);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: create.map((each): Command => ({ kind: 'create', create: each })) },
  { weight: 1, arbitrary: later.map((jobAfterMs): Command => ({ kind: 'crash', jobAfterMs })) },
  { weight: 2, arbitrary: fc.constantFrom('well', 'silent', 'ill').map((mood): Command => ({ kind: 'mood', mood })) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 2 * settleMs }).map((ms): Command => ({ kind: 'wait', ms })) },
  { weight: 3, arbitrary: fc.constant<Command>({ kind: 'poll' }) },
);
const onUnknown = fc.constantFrom<OnUnknown>('leaves it out', 'fails', 'says not found', 'names it without containers');
const queueMs = fc.constantFrom(0, settleMs / 2, 1_000 * settleMs);

test('whatever goes wrong, a v1 plugin never has a job twice, and in the end it has it', async () => {
  await fc.assert(
    fc.asyncProperty(onUnknown, queueMs, fc.array(command, { maxLength: 30 }), async (kind, queue, commands) => {
      const { plugin, backend: begun, request } = start(kind);
      // One that names strangers as it names jobs that wait is told by nothing, until it is seen to do so.
      if (kind !== 'names it without containers') plugin.queueMs = queue;
      let backend = begun;
      const jobs = () => plugin.jobsOf(uidOf('1'));
      for (const each of commands) {
        if (each.kind === 'wait') plugin.nowMs += each.ms;
        else if (each.kind === 'mood') plugin.mood = each.mood;
        else if (each.kind === 'poll') await poll(backend);
        else {
          plugin.next = each.kind === 'create' ? each.create : { outcome: 'unclear', jobAfterMs: each.jobAfterMs };
          await codeOf(backend, request);
          // The answer reaches nobody: the process has died.
          if (each.kind === 'crash') backend = plugin.backend(settleMs);
        }
        expect(jobs()).toBeLessThanOrEqual(1);
      }
      plugin.mood = 'well';
      plugin.next = { outcome: 'taken', jobAfterMs: 0 };
      for (let waitedMs = 0; waitedMs <= 3 * settleMs; waitedMs += 10_000) {
        plugin.nowMs += 10_000;
        await poll(backend);
        await codeOf(backend, request);
      }
      expect(jobs()).toBe(1);
    }),
    { numRuns: 300 },
  );
});
