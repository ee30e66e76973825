import type { Container } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { openDevices, refuseDevices, wantedDevices } from './wanted-devices.ts';

const asking = (limits: Record<string, string>): Container => ({ name: 'c', resources: { limits } });

describe('wantedDevices()', () => {
  test('counts GPUs by kind, and nothing else', () => {
    const wanted = wantedDevices(asking({ cpu: '4', 'nvidia.com/gpu': '2', 'amd.com/gpu': '0' }));
    expect([...wanted]).toEqual([['nvidia.com/gpu', 2]]);
  });

  test('takes a request for a limit', () => {
    const container = { name: 'c', resources: { requests: { 'amd.com/gpu': '1' } } };
    expect([...wantedDevices(container)]).toEqual([['amd.com/gpu', 1]]);
  });
});

describe('refuseDevices()', () => {
  const announced = { 'nvidia.com/gpu': '2' };

  test('lets containers have what is announced', () => {
    expect(refuseDevices(asking({ 'nvidia.com/gpu': '2', 'amd.com/gpu': '0' }), announced)).toEqual([]);
    expect(refuseDevices(asking({}), {})).toEqual([]);
  });

  test.each([
    ['3', /container c asks for 3 nvidia\.com\/gpu, Docker\.Resources announces 2/],
    ['500m', /asks for 500m nvidia\.com\/gpu: a whole number is wanted/],
    ['-1', /asks for -1 nvidia\.com\/gpu: a whole number is wanted/],
    ['many', /asks for many nvidia\.com\/gpu: a whole number is wanted/],
  ])('refuses %s', (quantity, message) => {
    expect(refuseDevices(asking({ 'nvidia.com/gpu': quantity }), announced)).toEqual([expect.stringMatching(message)]);
  });

  test('refuses a kind that is not announced', () => {
    expect(refuseDevices(asking({ 'amd.com/gpu': '1' }), announced)).toEqual([
      'container c asks for 1 amd.com/gpu, Docker.Resources announces 0',
    ]);
  });
});

describe('openDevices()', () => {
  test('has one place for each device', () => {
    expect(openDevices(asking({ 'nvidia.com/gpu': '2' }))).toEqual([
      'nvidia.com/gpu=<free 0>',
      'nvidia.com/gpu=<free 1>',
    ]);
  });
});
