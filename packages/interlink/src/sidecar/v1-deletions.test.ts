import { InterLinkError, type Owner, type PodRequest } from '@interlink/protocol';
import { describe, expect, test } from 'vitest';
import { type OnUnknown, SimulatedPlugin } from '../testing/simulated-plugin.ts';
import type { V1Backend } from './v1-backend.ts';
import { V1Pods } from './v1-pods.ts';
import { V1Rounds } from './v1-rounds.ts';

const owner: Owner = { cluster: 'c', node: 'n' };
const settleMs = 120_000;
const uid = '11111111-1111-4111-8111-000000000001';

function requestOf(createdMs: number, annotations: Record<string, string> = {}): PodRequest {
  const metadata = {
    uid,
    namespace: 'ns',
    name: '1',
    creationTimestamp: new Date(createdMs).toISOString(),
    annotations,
  };
  return { pod: { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } }, volumes: [] };
}

/** One round of polling. */
async function poll(backend: V1Backend): Promise<void> {
  await backend.list().catch(() => undefined);
}

/** A pod whose create was unclear. @param jobAfterMs when there is a job of it all the same */
async function startUnclear(onUnknown: OnUnknown, jobAfterMs?: number) {
  const plugin = new SimulatedPlugin(onUnknown);
  const backend = plugin.backend(settleMs);
  // The first list asks nobody.
  await poll(backend);
  plugin.nowMs += 60_000;
  const request = requestOf(plugin.nowMs);
  plugin.next = { outcome: 'unclear', jobAfterMs };
  await expect(backend.create(request, owner)).rejects.toThrow('no');
  return { plugin, backend, request };
}

/** A pod that has a job, as its annotation says, before an InterLink that has restarted, once the settling time is over. */
async function startWithJobID(onUnknown: OnUnknown) {
  const plugin = new SimulatedPlugin(onUnknown);
  const request = requestOf(plugin.nowMs - 60_000, { JobID: 'job' });
  const backend = plugin.backend(settleMs);
  await poll(backend);
  await backend.adopt(request, owner).catch(() => undefined);
  plugin.nowMs += settleMs;
  await poll(backend);
  await backend.adopt(request, owner).catch(() => undefined);
  return { plugin, backend, request };
}

test('V1Backend says of a create that has no clear end that it is unclear, in the words and by the code of what went wrong', async () => {
  const { plugin, backend } = await startUnclear('leaves it out');
  const other = requestOf(plugin.nowMs);
  const metadata = { ...other.pod.metadata, uid: uid.replace(/1$/, '2') };
  await expect(backend.create({ ...other, pod: { ...other.pod, metadata } }, owner)).rejects.toMatchObject({
    ...{ code: 'internal', message: 'no', reason: 'CreateUnclear' },
  });
});

describe('V1Backend before a plugin that fails for pods that it does not know', () => {
  test('can’t tell of a pod that it has no create in doubt of, and deletes it', async () => {
    const { plugin, backend, request } = await startUnclear('fails');
    await expect(backend.adopt(request, owner)).rejects.toMatchObject({ code: 'internal', reason: undefined });
    plugin.nowMs += settleMs;
    await poll(backend);
    await expect(backend.adopt(request, owner)).rejects.toMatchObject({
      ...{ code: 'internal', message: 'no such job', reason: 'status_unclear' },
    });
    await backend.deleteUnreported({ owner, uid });
    expect(plugin.asked.filter((what) => what.startsWith('delete'))).toEqual(['delete 1']);
  });

  test('deletes it, too, where the plugin fails for its deletion', async () => {
    const { plugin, backend, request } = await startUnclear('fails');
    plugin.delete = async () => await Promise.reject(new Error('no such job'));
    await expect(backend.deleteUnreported({ owner, uid })).rejects.toThrow('no such job');
    plugin.nowMs += settleMs;
    await poll(backend);
    await expect(backend.adopt(request, owner)).rejects.toMatchObject({ reason: 'status_unclear' });
    await backend.deleteUnreported({ owner, uid });
  });

  test('does not say that a pod that has a job is gone, for it may be that nobody can look now', async () => {
    const { backend, request } = await startWithJobID('fails');
    await expect(backend.adopt(request, owner)).rejects.toMatchObject({ reason: 'status_unclear' });
  });
});

describe('V1Backend takes a pod that the plugin does not show for deleted', () => {
  test.each(['unavailable', 'deadline_exceeded', 'unauthenticated'] as const)(
    'not when the plugin’s answer is %s: it was not told',
    async (code) => {
      const { plugin, backend, request } = await startUnclear('leaves it out');
      plugin.nowMs += settleMs;
      await poll(backend);
      expect(await backend.adopt(request, owner)).toBeUndefined();
      const take = plugin.delete.bind(plugin);
      plugin.delete = async () => await Promise.reject(new InterLinkError(code, 'nobody has read it'));
      await expect(backend.deleteUnreported({ owner, uid })).rejects.toThrow('nobody has read it');
      plugin.delete = take;
      // Its owner asks again, and a round comes between that and the deletion.
      expect(await backend.adopt(request, owner)).toBeUndefined();
      await poll(backend);
      await backend.deleteUnreported({ owner, uid });
      expect(plugin.asked.at(-1)).toBe('delete 1');
    },
  );

  test.each(['fails', 'leaves it out'] as const)(
    'and that has a job only when the plugin has taken that or says that there is none, at one that for a stranger %s',
    async (onUnknown) => {
      const { plugin, backend } = await startWithJobID(onUnknown);
      plugin.delete = async () => await Promise.reject(new InterLinkError('internal', 'scancel: error'));
      await expect(backend.deleteUnreported({ owner, uid })).rejects.toThrow('scancel: error');
      plugin.delete = async () => await Promise.reject(new InterLinkError('not_found', 'no such job'));
      await backend.deleteUnreported({ owner, uid });
    },
  );
});

/** As the target tells of a call that had no answer. */
function transportError(code: string) {
  const cause = Object.assign(new Error(code), { code });
  return InterLinkError.from(
    new InterLinkError(InterLinkError.from(cause).code, `Cannot reach it: ${code}`, { cause }),
  );
}

describe('V1Backend takes a pod that the plugin hangs up on when it is to delete it', () => {
  /** A plugin that crashes over a pod that it does not know, once no create is in doubt. @param codes of its answers, in turn */
  async function startCrashing(codes: string[], isSettled = true) {
    const { plugin, backend, request } = await startUnclear('leaves it out');
    if (isSettled) plugin.nowMs += settleMs;
    await poll(backend);
    await backend.adopt(request, owner).catch(() => undefined);
    plugin.asked.length = 0;
    plugin.delete = async ({ metadata }) => {
      plugin.asked.push(`delete ${metadata.name}`);
      const code = codes.shift();
      if (code !== undefined) throw transportError(code);
    };
    return { plugin, backend };
  }

  test.each(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])(
    'for deleted, when it does so twice and is well: %s',
    async (code) => {
      const { plugin, backend } = await startCrashing([code, code]);
      await backend.deleteUnreported({ owner, uid });
      expect(plugin.asked).toEqual(['delete 1', 'ping', 'delete 1', 'ping']);
    },
  );

  test('for deleted, when it takes the second', async () => {
    const { plugin, backend } = await startCrashing(['ECONNRESET']);
    await backend.deleteUnreported({ owner, uid });
    expect(plugin.asked).toEqual(['delete 1', 'ping', 'delete 1']);
  });

  test.each([
    ['a create is in doubt', ['ECONNRESET', 'ECONNRESET'], false],
    ['there is no way to it', ['ECONNREFUSED'], true],
    ['there is no way to it the second time', ['ECONNRESET', 'ECONNREFUSED'], true],
    ['its socket may not be opened', ['EACCES'], true],
    ['it does not speak HTTP', ['HPE_INVALID_CONSTANT'], true],
  ])('for what it was when %s', async (_, codes, isSettled) => {
    const { backend } = await startCrashing(codes, isSettled);
    await expect(backend.deleteUnreported({ owner, uid })).rejects.toThrow('Cannot reach it');
  });

  test('for what it was when the plugin is not well', async () => {
    const { plugin, backend } = await startCrashing(['ECONNRESET', 'ECONNRESET']);
    plugin.mood = 'silent';
    await expect(backend.deleteUnreported({ owner, uid })).rejects.toThrow('silent');
  });
});

describe('V1Backend deletes what has turned up of a deleted pod', () => {
  /** A plugin that shows the job of a deleted pod, and takes its time for each deletion of it. */
  async function startUnwanted(queueMs: number) {
    const { plugin, backend, request } = await startUnclear('leaves it out', 1_000);
    plugin.queueMs = queueMs;
    await backend.deleteUnseen(request.pod, owner);
    plugin.next = { outcome: 'taken', jobAfterMs: 0 };
    await plugin.create({ pod: request.pod });
    const ends: Array<(error?: Error) => void> = [];
    plugin.delete = async () =>
      await new Promise<void>((resolve, reject) => {
        ends.push((error) => (error === undefined ? resolve() : reject(error)));
      });
    plugin.nowMs += settleMs;
    return { plugin, backend, request, ends };
  }

  test.each([
    ['shown', 0],
    ['named only', 1_000 * settleMs],
  ])('once at a time, while it is %s, and again when that has failed', async (_, queueMs) => {
    const { plugin, backend, ends } = await startUnwanted(queueMs);
    for (let polls = 0; polls < 3; polls += 1) await poll(backend);
    expect(ends).toHaveLength(1);
    ends[0]?.(new Error('busy'));
    await expect
      .poll(async () => {
        await poll(backend);
        return ends.length;
      })
      .toBe(2);
    plugin.lose(uid);
    ends[1]?.();
    await expect.poll(async () => await poll(backend).then(() => plugin.asked.at(-1))).toBe('ping');
  });

  test('not while its owner’s own deletion is under way', async () => {
    const { backend, request, ends } = await startUnwanted(0);
    const deleting = backend.deleteUnseen(request.pod, owner);
    await poll(backend);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await deleting;
  });
});

test('V1Rounds takes a pod that nobody wants, and that is still there, for no change: the plugin is not polled faster for it', async () => {
  const plugin = new SimulatedPlugin();
  const now = () => plugin.nowMs;
  const pods = new V1Pods({ settleMs, now });
  const unwanted: string[] = [];
  const rounds = new V1Rounds({
    ...{ client: plugin, pods, now, onReport: () => undefined, onGone: () => undefined },
    onUnwanted: ({ pod }) => void unwanted.push(pod.metadata.name),
  });
  const { pod } = requestOf(plugin.nowMs);
  await plugin.create({ pod });
  pods.know(pod, owner).isUnwanted = true;
  expect([await rounds.poll(), unwanted]).toEqual([false, ['1']]);
});
