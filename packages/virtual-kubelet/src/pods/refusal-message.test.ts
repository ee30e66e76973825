import { expect, test } from 'vitest';
import { refusalMessage } from './refusal-message.ts';

test.each([
  ['slurmctld does not answer', 'Cannot create the pod at the backend: slurmctld does not answer'],
  ['Cannot run the pod with Docker: no', 'Cannot run the pod with Docker: no'],
])('refusalMessage() of %j is %j: the action is said once', (message, expected) => {
  expect(refusalMessage('Cannot create the pod at the backend', message)).toBe(expected);
});
