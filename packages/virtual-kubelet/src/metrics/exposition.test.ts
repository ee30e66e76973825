import { expect, test } from 'vitest';
import { renderMetrics, toSeconds } from './exposition.ts';

test('renderMetrics() escapes labels, keeps their order and writes times only where there are some', () => {
  const samples = [
    { labels: { z: 'a "quoted" \\ back\nslash', a: '' }, value: 1.5, timeMs: 12.4 },
    { value: 2n ** 60n },
  ];
  expect(renderMetrics([{ name: 'm', help: 'What it is', type: 'gauge', samples }])).toBe(
    '# HELP m What it is\n# TYPE m gauge\nm{z="a \\"quoted\\" \\\\ back\\nslash",a=""} 1.5 12\nm 1152921504606846976\n',
  );
});

test.each([
  [0n, '0'],
  [1n, '0.000000001'],
  [1_500_000_000n, '1.5'],
  [60_000_000_000n, '60'],
  [9_007_199_254_740_993n, '9007199.254740993'],
])('toSeconds() of %d ns is %s', (nanoseconds, seconds) => {
  expect(toSeconds(nanoseconds)).toBe(seconds);
});
