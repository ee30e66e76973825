import { expect, test } from 'vitest';
import { probeEvent } from './probe-events.ts';

test.each([
  ['startup', 'failure', 'Unhealthy', 'Startup probe failed: said no'],
  ['liveness', 'unknown', 'Unhealthy', 'Liveness probe errored and resulted in unknown state: said no'],
  ['readiness', 'warning', 'ProbeWarning', 'Readiness probe warning: said no'],
] as const)('probeEvent() of a %s probe, %s: %s in the kubelet’s words', (kind, result, reason, message) => {
  const event = { type: 'Warning', reason, message, container: 'main' };
  expect(probeEvent(kind, { result, output: 'said no' }, 'main')).toEqual(event);
});

test('probeEvent() of a success: nothing', () => {
  expect(probeEvent('readiness', { result: 'success', output: '' }, 'main')).toBeUndefined();
});
