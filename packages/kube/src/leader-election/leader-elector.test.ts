import { expect, test } from 'vitest';
import { KubeStatusError } from '../client/kube-errors.ts';
import { ManualClock, settle } from '../testing/manual-clock.ts';
import type { Lease } from '../types.ts';
import type { LeaderClock } from './leader-clock.ts';
import { LeaderElector } from './leader-elector.ts';
import { type Leadership, LeadershipLostError } from './leadership.ts';

const path = { namespace: 'ns', name: 'turns' };
const start = Date.parse('2026-01-02T03:04:05.123Z');
const minutes = Math.floor(start / 60_000);

/** The Leases of an API server, of which only one is used. `trouble` is thrown instead of an answer; `hang` gives none. */
class Leases {
  lease: Lease | undefined;
  trouble: Error | undefined;
  isHanging = false;
  readonly requests: string[] = [];
  #version = 1;

  client(who: string) {
    return {
      get: async (_type: unknown, _path: unknown, { signal }: { signal?: AbortSignal }) => {
        await this.#ask(`${who} GET`, signal);
        if (this.lease === undefined) throw refusal(404, 'NotFound');
        return structuredClone(this.lease);
      },
      create: async (_type: unknown, _path: unknown, lease: Lease, { signal }: { signal?: AbortSignal }) => {
        await this.#ask(`${who} POST`, signal);
        if (this.lease !== undefined) throw refusal(409, 'AlreadyExists');
        return this.write(lease);
      },
      replace: async (_type: unknown, _path: unknown, lease: Lease, { signal }: { signal?: AbortSignal }) => {
        await this.#ask(`${who} PUT`, signal);
        if (this.lease === undefined) throw refusal(404, 'NotFound');
        if (lease.metadata?.resourceVersion !== this.lease.metadata?.resourceVersion) throw refusal(409, 'Conflict');
        return this.write(lease);
      },
    } as unknown as ConstructorParameters<typeof LeaderElector>[0]['client'];
  }

  write(lease: Lease): Lease {
    this.#version += 1;
    this.lease = structuredClone({
      ...lease,
      metadata: { ...lease.metadata, resourceVersion: String(this.#version) },
    });
    return structuredClone(this.lease);
  }

  async #ask(request: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    this.requests.push(request);
    if (this.isHanging)
      await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    if (this.trouble !== undefined) throw this.trouble;
  }
}

function refusal(code: number, reason: string): KubeStatusError {
  return new KubeStatusError('ask', code, { kind: 'Status', code, reason, message: reason });
}

function timeOf(manual: ManualClock, skewMs = 0): LeaderClock {
  const { now, startTimer } = manual;
  return { now, startTimer, random: () => 0, date: () => new Date(start + manual.now() + skewMs) };
}

/** A process that wants to lead. */
function candidate(leases: Leases, identity: string, clock: LeaderClock) {
  const stop = new AbortController();
  const waitedFor: string[] = [];
  const troubles: unknown[] = [];
  const elector = new LeaderElector({
    client: leases.client(identity),
    path,
    identity,
    clock,
    onWaiting: (holder) => waitedFor.push(holder),
    onTrouble: (error) => troubles.push(error),
  });
  const outcome: { leadership?: Leadership; end?: unknown } = {};
  const running = (async () => {
    outcome.leadership = await elector.acquire(stop.signal);
    await outcome.leadership.keep(stop.signal);
  })().catch((error: unknown) => {
    outcome.end = error;
  });
  return { outcome, waitedFor, troubles, stop, running };
}

const isLeading = ({ outcome }: ReturnType<typeof candidate>) => {
  try {
    outcome.leadership?.check();
    return outcome.leadership !== undefined;
  } catch {
    return false;
  }
};

test('LeaderElector makes a Lease that client-go understands, with transitions that no earlier Lease can have had', async () => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  const a = candidate(leases, 'a', timeOf(manual));
  await settle();
  expect(leases.lease).toMatchObject({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: path,
    spec: {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-02T03:04:05.123000Z',
      renewTime: '2026-01-02T03:04:05.123000Z',
      leaseTransitions: minutes,
    },
  });
  expect(a.outcome.leadership?.epoch).toBe(minutes);
  await manual.advance(2_000);
  expect(leases.lease?.spec).toMatchObject({
    acquireTime: '2026-01-02T03:04:05.123000Z',
    renewTime: '2026-01-02T03:04:07.123000Z',
    leaseTransitions: minutes,
  });
  expect(leases.requests).toEqual(['a GET', 'a POST', 'a PUT']);
});

test.each([
  ['its own clock', 0],
  ['a clock an hour behind', -3_600_000],
  ['a clock an hour ahead', 3_600_000],
])('LeaderElector with %s waits while another renews, and takes over 15 s after its last word', async (_, skewMs) => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  const a = candidate(leases, 'a', timeOf(manual));
  await settle();
  const b = candidate(leases, 'b', timeOf(manual, skewMs));
  await manual.advance(60_000);
  expect([isLeading(a), isLeading(b), b.waitedFor]).toEqual([true, false, ['a']]);
  a.stop.abort();
  await manual.advance(14_000);
  expect(isLeading(b)).toBe(false);
  await manual.advance(4_000);
  expect(isLeading(b)).toBe(true);
  expect(b.outcome.leadership?.epoch).toBe(minutes + 1);
  expect(isLeading(a)).toBe(false);
});

test('LeaderElector takes over at once from one that has released its Lease', async () => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  const a = candidate(leases, 'a', timeOf(manual));
  await settle();
  const b = candidate(leases, 'b', timeOf(manual));
  await manual.advance(5_000);
  a.stop.abort();
  await a.outcome.leadership?.release();
  expect(leases.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: minutes });
  expect(isLeading(a)).toBe(false);
  await manual.advance(2_000);
  expect(isLeading(b)).toBe(true);
  expect(leases.lease?.spec).toMatchObject({
    holderIdentity: 'b',
    leaseDurationSeconds: 15,
    leaseTransitions: minutes + 1,
  });
});

test('Leadership.check() refuses from the moment a renewal is 10 s overdue, also when no timer has fired', async () => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  let stoppedForMs = 0;
  const clock = { ...timeOf(manual), now: () => manual.now() + stoppedForMs };
  const a = candidate(leases, 'a', clock);
  await settle();
  stoppedForMs = 9_999;
  expect(isLeading(a)).toBe(true);
  stoppedForMs = 10_000;
  expect(() => a.outcome.leadership?.check()).toThrow(LeadershipLostError);
  // Never again, not even with a Lease that nobody has taken meanwhile.
  stoppedForMs = 0;
  leases.requests.length = 0;
  expect(isLeading(a)).toBe(false);
  await manual.advance(2_000);
  expect(a.outcome.end).toBeInstanceOf(LeadershipLostError);
  await a.outcome.leadership?.release();
  expect(leases.requests).toEqual([]);
});

test.each([
  ['refuses', (leases: Leases) => (leases.trouble = refusal(500, 'InternalError'))],
  ['does not answer', (leases: Leases) => (leases.isHanging = true)],
])('Leadership.keep() ends after 10 s of an API that %s, and goes on when it comes back before', async (_, begin) => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  const a = candidate(leases, 'a', timeOf(manual));
  await settle();
  leases.trouble = refusal(500, 'InternalError');
  await manual.advance(6_000);
  leases.trouble = undefined;
  await manual.advance(2_000);
  expect([isLeading(a), a.troubles.length]).toEqual([true, 3]);
  begin(leases);
  await manual.advance(9_999);
  expect([isLeading(a), a.outcome.end]).toEqual([true, undefined]);
  await manual.advance(1);
  expect(isLeading(a)).toBe(false);
  await manual.advance(2_000);
  expect(a.outcome.end).toBeInstanceOf(LeadershipLostError);
});

test('Leadership.keep() renews over a change that somebody made to its Lease, and ends when another holds it', async () => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  const a = candidate(leases, 'a', timeOf(manual));
  await settle();
  leases.write({ ...leases.lease, metadata: { ...leases.lease?.metadata, annotations: { by: 'kubectl' } } });
  await manual.advance(2_000);
  expect(leases.lease?.metadata?.annotations).toEqual({ by: 'kubectl' });
  expect(leases.lease?.spec?.renewTime).toBe('2026-01-02T03:04:07.123000Z');
  leases.write({ ...leases.lease, spec: { ...leases.lease?.spec, holderIdentity: 'thief' } });
  await manual.advance(2_000);
  expect(a.outcome.end).toMatchObject({ message: expect.stringContaining('thief has it') });
  expect(isLeading(a)).toBe(false);
});

test('Leadership.keep() makes a Lease that somebody deleted anew, in the same epoch', async () => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  const a = candidate(leases, 'a', timeOf(manual));
  await settle();
  leases.lease = undefined;
  await manual.advance(2_000);
  expect(leases.lease).toMatchObject({ spec: { holderIdentity: 'a', leaseTransitions: minutes } });
  expect(isLeading(a)).toBe(true);
});

test('LeaderElector counts on from the Lease it has seen when that goes with its leader', async () => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  leases.write({
    metadata: path,
    spec: { holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: minutes + 7 },
  });
  const b = candidate(leases, 'b', timeOf(manual));
  await manual.advance(4_000);
  leases.lease = undefined;
  await manual.advance(2_000);
  expect(b.outcome.leadership?.epoch).toBe(minutes + 8);
});

test('LeaderElector that is outrun waits for the one that was quicker', async () => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  const [a, b] = [candidate(leases, 'a', timeOf(manual)), candidate(leases, 'b', timeOf(manual))];
  await settle();
  await manual.advance(30_000);
  expect([isLeading(a), isLeading(b)].filter(Boolean)).toHaveLength(1);
  expect([...a.troubles, ...b.troubles]).toEqual([]);
});

test('LeaderElector tries for ever while the API refuses, and stops with its signal', async () => {
  const [leases, manual] = [new Leases(), new ManualClock()];
  leases.trouble = refusal(403, 'Forbidden');
  const a = candidate(leases, 'a', timeOf(manual));
  await settle();
  await manual.advance(10_000);
  expect(a.troubles).toHaveLength(6);
  a.stop.abort(new Error('enough'));
  await a.running;
  expect(a.outcome.end).toMatchObject({ message: 'enough' });
  expect(manual.pendingTimers).toBe(0);
});
