import { expect, test } from 'vitest';
import { choosePrefix } from './bridge.ts';

const ROUTES = 'default via 192.168.1.1 dev eth0\n10.150.0.0/16 dev docker7\nlocal 10.151.0.1 dev il-abcdef\n';

test.each([
  { offset: 5, prefix: '10.149', why: 'takes the first one when it is free' },
  { offset: 6, prefix: '10.152', why: 'passes over those that have routes' },
  { offset: 47, prefix: '10.191', why: 'knows the last one' },
])('choosePrefix() $why', ({ offset, prefix }) => {
  expect(choosePrefix(ROUTES, offset)).toBe(prefix);
});

test('choosePrefix() throws when all are taken', () => {
  const routes = Array.from({ length: 48 }, (_, index) => `10.${144 + index}.0.0/16 dev x${index}`).join('\n');
  expect(() => choosePrefix(routes, 3)).toThrow('Cannot choose a subnet');
});
