import { expect, test } from 'vitest';
import { defaultTaint } from './default-taint.ts';
import { ownAddress } from './own-address.ts';

test('defaultTaint() is what today’s manifests tolerate, and each part can be another', () => {
  const key = 'virtual-node.interlink/no-schedule';
  expect(defaultTaint({})).toEqual({ key, value: 'true', effect: 'NoSchedule' });
  expect(defaultTaint({ VKUBELET_TAINT_EFFECT: 'NoExecute' })).toEqual({ key, value: 'true', effect: 'NoExecute' });
  expect(defaultTaint({ VKUBELET_TAINT_KEY: 'k', VKUBELET_TAINT_VALUE: '' })).toMatchObject({ key: 'k', value: '' });
});

test.each([
  [{ POD_IP: '10.0.0.1', VKUBELET_POD_IP: '10.0.0.2' }, '10.0.0.1'],
  [{ VKUBELET_POD_IP: '10.0.0.2' }, '10.0.0.2'],
])('ownAddress() of %j is %s', (env, address) => {
  expect(ownAddress(env)).toBe(address);
});

test('ownAddress() is an address of this machine when none is named', () => {
  expect(ownAddress({ POD_IP: '' })).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
});
