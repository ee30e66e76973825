import { expect, test } from 'vitest';
import { readsOf } from './selectors.ts';

test.each([
  ['up == 0', [{ metric: 'up', labels: [] }], []],
  ['absent(up{job="a b"})', [{ metric: 'up', labels: ['job'] }], []],
  [
    'sum by (job, le) (rate(a_bucket{code=~"5..|up{", x!="y"}[5m])) > 1e3',
    [{ metric: 'a_bucket', labels: ['code', 'x'] }],
    ['job', 'le'],
  ],
  [
    'a_total and on (instance) b{c="\\"d\\""} offset 5m unless 2 * c',
    [
      { metric: 'a_total', labels: [] },
      { metric: 'b', labels: ['c'] },
      { metric: 'c', labels: [] },
    ],
    ['instance'],
  ],
  [
    'histogram_quantile(0.9, sum(rate(a_bucket[$__rate_interval])) without(pod))',
    [{ metric: 'a_bucket', labels: [] }],
    ['pod'],
  ],
])('readsOf() finds metrics and labels of %s', (expression, selectors, grouping) => {
  expect(readsOf(expression)).toEqual({ selectors, grouping });
});
