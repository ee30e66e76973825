import { expect, test } from 'vitest';
import { toProcessRow } from './process-table.ts';

test('toProcessRow() reads the session and the CPU time, children’s included, whatever the program is called', () => {
  const fields = 'S 1 42 42 0 -1 4194304 100 0 0 0 7 5 2 1 20 0 1 0 12345 1000 200';
  expect(toProcessRow(`43 (a) b (c)) ${fields}`)).toEqual({ pid: 43, session: 42, cpuNanoseconds: 150_000_000n });
});
