import { expect, test } from 'vitest';
import { parseMetricsAddress } from './metrics-address.ts';

test.each([
  [':10255', 'http://127.0.0.1:10255'],
  ['localhost:0', 'http://localhost:0'],
  ['0.0.0.0:10255', 'http://0.0.0.0:10255'],
  ['[::1]:10255', 'http://[::1]:10255'],
])('parseMetricsAddress() reads %s', (text, url) => {
  expect(parseMetricsAddress(text)).toBe(url);
});

test.each(['', '10255', ':', ':65536', '::1:10255', 'http://localhost:1', 'a b:1', ':1\n'])(
  'parseMetricsAddress() refuses %j',
  (text) => {
    expect(() => parseMetricsAddress(text)).toThrow('--metrics-addr is');
  },
);
