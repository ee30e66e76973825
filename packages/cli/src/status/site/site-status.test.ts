import { expect, test } from 'vitest';
import { reportOf } from '../testing/objects.ts';
import { toSiteStatus } from './site-status.ts';

const owner = { cluster: 'c', node: 'n' };

test('toSiteStatus() counts reports, and finds the oldest that waits; those without a time come last', () => {
  const queue = { state: 'PENDING', reason: 'Priority', estimatedStart: '2027-01-02T00:00:00Z' };
  const reports = [
    reportOf('1', { queue: { state: 'PENDING' } }),
    reportOf('2', { queue, startTime: '2027-01-01T00:00:00Z', jobID: '17' }),
    reportOf('3', { queue, startTime: '2027-01-01T00:00:01Z' }),
    reportOf('4', { phase: 'Failed', reason: 'NodeFail' }),
  ];
  const told = toSiteStatus({ peers: [], owners: [{ owner, reports, heardAt: undefined, trouble: undefined }] });
  expect(told.owners).toEqual([
    {
      ...{ owner: 'c/n', trouble: undefined, heardAt: undefined },
      pods: { Queued: 3, Starting: 0, Running: 0, Succeeded: 0, Failed: 1, Unreadable: 0 },
    },
  ]);
  expect(told.oldestPending).toEqual({
    ...{ namespace: 'default', name: '2', node: 'n', since: '2027-01-01T00:00:00Z' },
    reason: 'Queued: Priority; job 17; estimated start 2027-01-02T00:00:00Z',
  });
});

test('toSiteStatus() has no oldest where nothing waits', () => {
  const facts = { owner, reports: [], heardAt: undefined, trouble: 'gone' };
  expect(toSiteStatus({ peers: [], owners: [facts] })).toMatchObject({
    owners: [{ trouble: 'gone' }],
    oldestPending: undefined,
  });
});
