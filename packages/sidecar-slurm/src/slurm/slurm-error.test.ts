import { expect, test } from 'vitest';
import { isUncertain, slurmError, troubleOf } from './slurm-error.ts';

test.each([
  ['refused', 'failed_precondition', 'SlurmRefused'],
  ['away', 'unavailable', 'SlurmUnavailable'],
  ['busy', 'unavailable', 'SlurmBusy'],
  ['uncertain', 'unavailable', 'SlurmSubmitUncertain'],
] as const)('slurmError() of what is %s is %s with reason %s, and is known again', (trouble, code, reason) => {
  const error = slurmError(trouble, 'Cannot submit job');
  expect(error).toMatchObject({ code, reason, message: 'Cannot submit job' });
  expect([troubleOf(error), isUncertain(error)]).toEqual([trouble, trouble === 'uncertain']);
});
