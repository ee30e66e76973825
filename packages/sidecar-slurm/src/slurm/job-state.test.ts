import { expect, test } from 'vitest';
import { isEndState, jobStates, parseJobState } from './job-state.ts';

test.each([
  ['CF', 'CONFIGURING'],
  ['F', 'FAILED'],
  ['R', 'RUNNING'],
  ['RQ', 'REQUEUED'],
  ['CD', 'COMPLETED'],
  ['CG', 'COMPLETING'],
  ['CA', 'CANCELLED'],
  ['OOM', 'OUT_OF_MEMORY'],
  ['SE', 'SPECIAL_EXIT'],
  ['OUT_OF_MEMORY', 'OUT_OF_MEMORY'],
  ['CANCELLED+', 'CANCELLED'],
  ['RUNNING ', 'RUNNING'],
  ['FAILE', 'UNKNOWN'],
  ['FF', 'UNKNOWN'],
  ['running', 'UNKNOWN'],
  ['', 'UNKNOWN'],
])('parseJobState(%j) is %s', (text, state) => {
  expect(parseJobState(text)).toEqual({ state, cancelledBy: undefined });
});

test('parseJobState() reads who cancelled', () => {
  expect(parseJobState('CANCELLED by 1000')).toEqual({ state: 'CANCELLED', cancelledBy: '1000' });
});

test.each(jobStates)('parseJobState() reads %s in its long form', (state) => {
  expect(parseJobState(state).state).toBe(state);
});

test('isEndState() holds for no state in which processes may still run, or may run again', () => {
  expect(jobStates.filter((state) => !isEndState(state))).toEqual([
    ...['PENDING', 'RUNNING', 'SUSPENDED', 'COMPLETING', 'CONFIGURING', 'POWER_UP_NODE', 'REQUEUED', 'REQUEUE_FED'],
    ...['REQUEUE_HOLD', 'RESIZING', 'RESV_DEL_HOLD', 'SIGNALING', 'SPECIAL_EXIT', 'STAGE_OUT', 'STOPPED', 'UPDATE_DB'],
  ]);
});
