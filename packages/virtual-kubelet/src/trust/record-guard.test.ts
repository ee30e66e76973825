import type { StreamRecord } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { capabilities, newPod } from '../admission/testing/pods.ts';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { containerStatus, podReport, podUid } from '../status/testing/statuses.ts';
import { podAddresses } from './pod-addresses.ts';
import { RecordGuard } from './record-guard.ts';
import { maxStrangers } from './strangers.ts';

const known = podUid;
const stranger = (index: number) => `99999999-9999-4999-8999-${String(index).padStart(12, '0')}`;
const podRecord = (uid: string): StreamRecord => ({
  type: 'pod',
  cursor: 'c',
  pod: podReport([containerStatus('main', 'running')], {}, uid),
});
const event = (uid: string, reason = 'Pulled', message = 'x'): StreamRecord => ({
  type: 'event',
  uid,
  event: { type: 'Normal', reason, message },
});
const bookmark: StreamRecord = { type: 'bookmark', cursor: 'c' };

function startGuard() {
  const held = new Set<string>();
  const clock = { ms: 0 };
  const { logger, everything } = keepLogLines();
  const guard = new RecordGuard({
    findPod: (uid) => (uid === known ? newPod() : undefined),
    isHeld: (uid) => held.has(uid),
    addresses: podAddresses(undefined, []),
    hostIP: '192.0.2.7',
    logger,
    now: () => clock.ms,
  });
  const pass = async (records: Iterable<StreamRecord>): Promise<StreamRecord[]> => {
    async function* stream() {
      yield* records;
    }
    const passed: StreamRecord[] = [];
    for await (const record of guard.guard(stream())) {
      if (record.type === 'pod') held.add(record.pod.uid);
      if (record.type === 'gone') held.delete(record.uid);
      passed.push(record);
    }
    return passed;
  };
  return { pass, clock, everything };
}

test('RecordGuard passes pods of the API, orphans to remove, and the end of either', async () => {
  const { pass, everything } = startGuard();
  const gone = (uid: string): StreamRecord => ({ type: 'gone', cursor: 'c', uid });
  const records = [podRecord(known), podRecord(stranger(1)), gone(known), gone(stranger(1)), bookmark];
  expect(await pass(records)).toEqual(records);
  expect(await pass([gone(stranger(2)), event(stranger(1))])).toEqual([]);
  expect(everything).toEqual([]);
});

test('RecordGuard remembers some thousands of pods that the API does not have, however many there are, and tells it once', async () => {
  const { pass, everything } = startGuard();
  function* million() {
    for (let index = 0; index < 200_000; index += 1) yield podRecord(stranger(index));
    yield podRecord(known);
  }
  expect(await pass(million())).toHaveLength(maxStrangers + 1);
  expect(everything).toHaveLength(1);
});

test('RecordGuard does not take the last state of another pod', async () => {
  const last = podReport([], {}, stranger(1));
  expect(await startGuard().pass([{ type: 'gone', cursor: 'c', uid: known, last }])).toEqual([
    { type: 'gone', cursor: 'c', uid: known },
  ]);
});

test('RecordGuard passes some events of a pod, with a reason and a length that the API takes', async () => {
  const { pass, clock, everything } = startGuard();
  const [first] = await pass([event(known, 'pull failed', `\u001b${'x'.repeat(100_000)}`)]);
  expect(first).toEqual(event(known, 'PullFailed', 'x'.repeat(1_023)));
  expect(await pass([event(known, '!!')])).toEqual([event(known, 'Backend')]);
  expect(await pass(Array.from({ length: 9_999 }, () => event(known)))).toHaveLength(18);
  expect(everything.join()).toContain('"events":1');
  clock.ms += 60_000;
  await pass(Array.from({ length: 10 }, () => event(known)));
  expect(everything.join()).toContain('"events":9982');
});

test('RecordGuard passes the newest capabilities, and not every one of a flood', async () => {
  const { pass, clock } = startGuard();
  const announced = (version: number): StreamRecord => ({
    type: 'capabilities',
    capabilities: capabilities({ backend: { kind: 'mock', version: String(version) } }),
  });
  const versionsOf = (records: StreamRecord[]) =>
    records.flatMap((record) => (record.type === 'capabilities' ? [record.capabilities.backend.version] : []));
  const flood = Array.from({ length: 1_000 }, (_, index) => announced(index));
  expect(versionsOf(await pass(flood))).toEqual(['0', '1', '2', '3', '4']);
  clock.ms += 5_000;
  expect(versionsOf(await pass([bookmark]))).toEqual(['999']);
});

test('RecordGuard takes no cursor that would not fit a request', async () => {
  const pass = startGuard().pass([{ type: 'bookmark', cursor: 'c'.repeat(2_000) }]);
  await expect(pass).rejects.toMatchObject({ code: 'out_of_range' });
});
