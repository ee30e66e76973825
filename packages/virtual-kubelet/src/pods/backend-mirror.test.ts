import { InterLinkError, type StreamRecord, streamSilenceMs } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { containerStatuses, podReport } from '../status/testing/statuses.ts';
import { BackendMirror } from './backend-mirror.ts';
import { FakeBackend } from './testing/fake-backend.ts';

const uidOf = (index: number) => `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`;
const [one, two, three] = [uidOf(1), uidOf(2), uidOf(3)];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let stop = new AbortController();
afterEach(() => stop.abort());

function startMirror(provider: ConstructorParameters<typeof BackendMirror>[0]['provider']) {
  stop = new AbortController();
  const told: string[] = [];
  const { logger, lines } = keepLogLines();
  const mirror: BackendMirror = new BackendMirror({
    provider,
    logger,
    onReport: (uid) => told.push(`report ${uid.slice(-1)}`),
    onGone: (uid, last) => told.push(`gone ${uid.slice(-1)}${last === undefined ? '' : ', last seen'}`),
    onEvent: (uid, { reason }) => told.push(`event ${uid.slice(-1)} ${reason}`),
    onCapabilities: ({ backend }) => told.push(`capabilities ${backend.kind}`),
    onReach: () => told.push(mirror.reach),
  });
  void mirror.run(stop.signal);
  return { mirror, told, lines };
}

function running(uid: string) {
  return podReport(containerStatuses({ main: 'running' }), {}, uid);
}

const settle = async (ms = 0) => await vi.advanceTimersByTimeAsync(ms);

test('BackendMirror holds what the snapshot says, and is known only at its end', async () => {
  const backend = new FakeBackend();
  backend.report(running(one));
  backend.report(running(two));
  const { mirror, told } = startMirror(backend);
  expect([mirror.reach, mirror.epoch]).toEqual(['unknown', 0]);
  await settle();
  expect(told).toEqual(['report 1', 'report 2', 'known']);
  expect([...mirror.uids()]).toEqual([one, two]);
  expect([mirror.reach, mirror.epoch, mirror.trouble]).toEqual(['known', 1, undefined]);
});

test('BackendMirror tells each change, each event and each pod that is gone, once', async () => {
  const backend = new FakeBackend();
  backend.report(running(one));
  const { mirror, told } = startMirror(backend);
  await settle();
  told.length = 0;
  backend.report(running(two));
  await settle();
  backend.event(two, { type: 'Normal', reason: 'Pulled', message: 'm' });
  await settle();
  backend.gone(one);
  await settle();
  expect(told).toEqual(['report 2', 'event 2 Pulled', 'gone 1, last seen']);
  expect([mirror.get(one), mirror.get(two)?.uid]).toEqual([undefined, two]);
});

test('BackendMirror resumes a stream that broke where it broke off: no snapshot, nothing twice', async () => {
  const backend = new FakeBackend();
  backend.report(running(one));
  const { mirror, told } = startMirror(backend);
  await settle();
  told.length = 0;
  backend.cut();
  backend.report(running(two));
  backend.gone(one);
  await settle(250);
  expect(told.filter((line) => /^(report|gone)/.test(line))).toEqual(['report 2', 'gone 1, last seen']);
  expect([mirror.epoch, mirror.reach]).toEqual([1, 'known']);
});

test('BackendMirror takes what a new snapshot lacks for gone, and counts snapshots', async () => {
  const backend = new FakeBackend();
  for (const uid of [one, two, three]) backend.report(running(uid));
  const { mirror, told } = startMirror(backend);
  await settle();
  told.length = 0;
  backend.restart([two]);
  await settle(250);
  expect(told.filter((line) => /^(report|gone)/.test(line))).toEqual([
    'report 2',
    'gone 1, last seen',
    'gone 3, last seen',
  ]);
  expect([[...mirror.uids()], mirror.epoch]).toEqual([[two], 2]);
});

test('BackendMirror drops nothing when a snapshot breaks off in the middle, and asks for a whole one again', async () => {
  const cursors: unknown[] = [];
  const records: StreamRecord[][] = [
    [
      { type: 'bookmark', cursor: 'a-1', snapshot: 'begin' },
      { type: 'pod', cursor: 'a-1', pod: running(one) },
      { type: 'bookmark', cursor: 'a-1', snapshot: 'end' },
    ],
    [
      { type: 'bookmark', cursor: 'b-9', snapshot: 'begin' },
      { type: 'pod', cursor: 'b-5', pod: running(two) },
    ],
    [],
  ];
  const { mirror } = startMirror({
    async *watchPods({ cursor }) {
      cursors.push(cursor);
      yield* records.shift() ?? [];
      throw new InterLinkError('unavailable', 'cut');
    },
  });
  await settle(1_000);
  expect([...mirror.uids()]).toEqual([one, two]);
  expect(mirror.epoch).toBe(1);
  expect(cursors.slice(0, 3)).toEqual([undefined, 'a-1', 'a-1']);
});

test('BackendMirror tells of capabilities', async () => {
  const capabilities = {
    protocolVersions: ['v2'],
    backend: { kind: 'mock', version: '1' },
    verbs: [],
    volumeTypes: [],
    queues: false,
    pools: [],
  };
  const { told } = startMirror({
    async *watchPods({ signal }) {
      yield { type: 'bookmark', cursor: 'a-1' };
      yield { type: 'capabilities', capabilities };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  await settle();
  expect(told).toEqual(['known', 'capabilities mock']);
});

test('BackendMirror takes a silent connection for dead and opens another', async () => {
  let opened = 0;
  const { mirror } = startMirror({
    async *watchPods({ signal }) {
      opened += 1;
      yield { type: 'bookmark', cursor: 'a-1' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      signal.throwIfAborted();
    },
  });
  await settle(streamSilenceMs - 1);
  expect([opened, mirror.reach]).toEqual([1, 'known']);
  await settle(1);
  expect(mirror.reach).not.toBe('known');
  expect(mirror.trouble).toContain('Nothing was heard');
  await settle(250);
  expect([opened, mirror.reach]).toEqual([2, 'known']);
});

test('BackendMirror stays with a connection on which bookmarks come', async () => {
  const backend = new FakeBackend();
  const { mirror, lines } = startMirror(backend);
  await settle(10 * streamSilenceMs);
  expect([mirror.reach, lines]).toEqual(['known', ['backend within reach']]);
});

test('BackendMirror announces an outage once, after three seconds, and its end once', async () => {
  const backend = new FakeBackend();
  const { mirror, told, lines } = startMirror(backend);
  await settle();
  told.length = 0;
  backend.isDown = true;
  await settle(2_000);
  expect([mirror.reach, told.filter((line) => line === 'unreachable')]).toEqual(['unknown', []]);
  await settle(60_000);
  expect(mirror.trouble).toBe('connect ECONNREFUSED');
  expect(told.filter((line) => line === 'unreachable')).toHaveLength(1);
  backend.isDown = false;
  await settle(6_000);
  expect(told.filter((line) => line === 'known')).toHaveLength(1);
  expect(mirror.trouble).toBeUndefined();
  // One line for the cut, one for the refusals, however many.
  expect(lines).toEqual([
    'backend within reach',
    'backend out of reach',
    'backend out of reach',
    'backend within reach',
  ]);
});

test('BackendMirror announces a backend that hangs three seconds after it was lost, whatever the attempt in hand does', async () => {
  let opened = 0;
  const { mirror, told } = startMirror({
    async *watchPods({ signal }) {
      opened += 1;
      if (opened === 1) yield { type: 'bookmark', cursor: 'a-1' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      signal.throwIfAborted();
    },
  });
  await settle(streamSilenceMs);
  expect([mirror.reach, told.includes('unreachable')]).toEqual(['unknown', false]);
  await settle(3_500);
  expect([mirror.reach, told.filter((line) => line === 'unreachable')]).toEqual(['unreachable', ['unreachable']]);
});

test('BackendMirror is unreachable, not unknown, when the backend has been down since the start', async () => {
  const backend = new FakeBackend();
  backend.isDown = true;
  const { mirror, told } = startMirror(backend);
  await settle(1_000);
  expect([mirror.reach, told]).toEqual(['unknown', []]);
  await settle(10_000);
  expect([mirror.reach, told]).toEqual(['unreachable', ['unreachable']]);
});

test('BackendMirror waits longer and longer between tries, five seconds at most', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  let tries = 0;
  startMirror({
    // biome-ignore lint/correctness/useYield: it fails before it has anything to tell.
    async *watchPods() {
      tries += 1;
      throw new InterLinkError('unavailable', 'no');
    },
  });
  await settle(200 + 400 + 800 + 1_600 + 3_200);
  expect(tries).toBe(6);
  await settle(50_000);
  expect(tries).toBe(16);
});

test('BackendMirror gives up a snapshot that does not end, however much it tells', async () => {
  async function* endless({ signal }: { signal: AbortSignal }): AsyncGenerator<StreamRecord> {
    yield { type: 'bookmark', cursor: 'c', snapshot: 'begin' };
    while (!signal.aborted) {
      yield { type: 'pod', cursor: 'c', pod: running(one) };
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    throw signal.reason;
  }
  const { mirror } = startMirror({ watchPods: endless });
  await settle(119_000);
  expect(mirror.reach).toBe('unknown');
  await settle(5_000);
  expect([mirror.reach, mirror.trouble]).toEqual(['unreachable', 'The snapshot of pods did not end in 120000 ms']);
});
