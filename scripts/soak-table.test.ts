import { expect, test } from 'vitest';
import { renderSoakTable } from './soak-table.ts';

test('renderSoakTable() tells how often each fault was endured, and the least and most that it took', () => {
  const results = [
    { name: 'a', measured: { statusMs: 1_000, readyMs: 2_040 }, failure: undefined },
    { name: 'b', measured: {}, failure: 'lost a pod' },
    { name: 'a', measured: { statusMs: 3_500, readyMs: 2_000 }, failure: undefined },
  ];
  expect(renderSoakTable([{ name: 'a' }, { name: 'b' }], results).split('\n')).toEqual([
    '| fault | as expected | seconds |',
    '|---|---|---|',
    '| a | 2 of 2 | status 1.0 to 3.5; ready 2.0 |',
    '| b | 0 of 1 |  |',
    '',
  ]);
});
