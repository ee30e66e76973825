import { expect, test } from 'vitest';
import { parseContainerRecord, parsePodState, toTime } from './job-record.ts';

test.each([
  ['2027-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['2027-01-01T00:00:00.123456789Z', '2027-01-01T00:00:00.123456789Z'],
  ['2027-01-00T00:00:00Z', undefined],
  ['2027-01-01T25:00:00Z', undefined],
  ['2027-01-01T00:00:00', undefined],
  [undefined, undefined],
])('toTime() of %j is %j', (text, time) => {
  expect(toTime(text)).toBe(time);
});

test('what a job writes that is none of its values is not known', () => {
  expect(parsePodState('job_id=1\nstarted_at=2027-99-01T00:00:00Z\nip=nowhere\n', new Map())).toEqual({
    ...{ jobId: '1', restarts: 0, phase: 'init', containers: new Map() },
  });
  expect(parseContainerRecord('state=running\nstarted_at=now\nexit_code=-1\n')).toEqual({
    ...{ attempt: 0, state: 'running', ready: false, started: false },
  });
});
