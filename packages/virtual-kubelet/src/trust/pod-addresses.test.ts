import { expect, test } from 'vitest';
import { podAddresses } from './pod-addresses.ts';

test.each([
  ['10.1.2.3', true],
  ['172.17.0.2', true],
  ['203.0.113.9', true],
  ['2001:db8::7', true],
  ['fd00::1', true],
  ['127.0.0.1', false],
  ['0.0.0.0', false],
  ['169.254.169.254', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['ff02::1', false],
  ['192.0.2.1', false],
  ['10.0.0.1/8', false],
  ['010.1.2.3', false],
  ['10.1.2', false],
  ['metadata.google.internal', false],
  ['', false],
])('podAddresses() without a range: %s %s', (ip, wanted) => {
  expect(podAddresses(undefined, ['192.0.2.1', 'kubernetes.example']).includes(ip)).toBe(wanted);
});

test('podAddresses() holds to the range, and to its ends', () => {
  const { includes } = podAddresses({ subnet: '10.42.0.0/16', minIP: '10.42.0.10', maxIP: '10.42.0.20' }, [
    '10.42.0.15',
  ]);
  const inside = ['10.42.0.9', '10.42.0.10', '10.42.0.15', '10.42.0.20', '10.42.0.21', '10.43.0.12', '2001:db8::1'];
  expect(inside.filter(includes)).toEqual(['10.42.0.10', '10.42.0.20']);
  expect(['fd01::1', 'fd02::1', '10.0.0.1'].filter(podAddresses({ subnet: 'fd01::/16' }, []).includes)).toEqual([
    'fd01::1',
  ]);
  expect(
    ['10.42.9.9', '10.42.0.1'].filter(podAddresses({ subnet: '10.42.0.0/16', minIP: '10.42.1.0' }, []).includes),
  ).toEqual(['10.42.9.9']);
});

test.each([
  { subnet: '10.42.0.0' },
  { subnet: '10.42.0.0/33' },
  { subnet: 'pods/16' },
  { subnet: '10.42.0.0/16', minIP: '::1' },
  { subnet: '10.42.0.0/16', minIP: '10.42.0.9', maxIP: '10.42.0.1' },
])('podAddresses() refuses the range %o', (range) => {
  expect(() => podAddresses(range, [])).toThrow('a Subnet such as 10.42.0.0/16 is wanted');
});
