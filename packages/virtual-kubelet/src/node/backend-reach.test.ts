import { expect, test } from 'vitest';
import { BackendReach } from './backend-reach.ts';

test('BackendReach tells of a backend that goes and comes, once each, and nothing of a node that starts well', () => {
  const told: string[] = [];
  const events = {
    record: (_: unknown, type: string, reason: string, message: string) =>
      void told.push(`${type} ${reason}: ${message}`),
  };
  const reach = new BackendReach({ events, name: 'n', notReadyAfterMs: undefined });
  reach.take({ reach: 'unknown', trouble: undefined });
  reach.take({ reach: 'known', trouble: undefined });
  expect(told).toEqual([]);
  reach.take({ reach: 'unreachable', trouble: 'connect ECONNREFUSED' });
  reach.take({ reach: 'unreachable', trouble: 'connect ECONNREFUSED' });
  reach.take({ reach: 'known', trouble: undefined });
  expect(told).toEqual([
    'Warning BackendUnreachable: The backend is out of reach: connect ECONNREFUSED',
    'Normal BackendReachable: The backend is within reach',
  ]);
  expect(reach.isGivenUp()).toBe(false);
});
