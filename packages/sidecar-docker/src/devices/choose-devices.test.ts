import { describe, expect, test } from 'vitest';
import { chooseDevices, type DeviceStock } from './choose-devices.ts';

const stock = (held: string[], preferred: string[] = []): DeviceStock => ({
  announced: { 'nvidia.com/gpu': '3', 'amd.com/gpu': '1' },
  held: new Set(held),
  preferred,
});
const nvidia = (count: number) => new Map([['nvidia.com/gpu', count]]);

describe('chooseDevices()', () => {
  test('takes the first that nobody holds', () => {
    expect(chooseDevices(nvidia(2), stock([]))).toEqual(['nvidia.com/gpu=0', 'nvidia.com/gpu=1']);
    expect(chooseDevices(nvidia(2), stock(['nvidia.com/gpu=1']))).toEqual(['nvidia.com/gpu=0', 'nvidia.com/gpu=2']);
  });

  test('takes each kind from its own', () => {
    const both = new Map([...nvidia(1), ['amd.com/gpu', 1]]);
    expect(chooseDevices(both, stock(['nvidia.com/gpu=0']))).toEqual(['nvidia.com/gpu=1', 'amd.com/gpu=0']);
  });

  test('gives back what the container had, or another in its place', () => {
    const before = ['nvidia.com/gpu=1', 'nvidia.com/gpu=2'];
    expect(chooseDevices(nvidia(2), stock([], before))).toEqual(before);
    expect(chooseDevices(nvidia(2), stock(['nvidia.com/gpu=1'], before))).toEqual([
      'nvidia.com/gpu=2',
      'nvidia.com/gpu=0',
    ]);
  });

  test('does not take what is no longer announced', () => {
    expect(chooseDevices(nvidia(1), stock([], ['nvidia.com/gpu=7']))).toEqual(['nvidia.com/gpu=0']);
  });

  test('says how many are free', () => {
    expect(() => chooseDevices(nvidia(2), stock(['nvidia.com/gpu=0', 'nvidia.com/gpu=2']))).toThrow(
      expect.objectContaining({
        code: 'resource_exhausted',
        message: 'Cannot give the container 2 nvidia.com/gpu: 1 of the 3 that Docker.Resources announces are free',
      }),
    );
  });
});
