import { describe, expect, test } from 'vitest';
import { policyWith } from '../testing/site-policy.ts';
import { giveDevices } from './give-devices.ts';

const plain = policyWith().engine;
const withNvidia = policyWith({}, { hasNvidiaRuntime: true }).engine;

describe('giveDevices()', () => {
  test('asks the engine for NVIDIA’s by number, for AMD’s by name', () => {
    const body = { Labels: { a: 'b' }, HostConfig: { NetworkMode: 'none' } };
    const devices = ['nvidia.com/gpu=0', 'nvidia.com/gpu=3', 'amd.com/gpu=1'];
    expect(giveDevices(body, devices, plain)).toEqual({
      Labels: { a: 'b', 'interlink.eu/devices': devices.join(',') },
      Env: [],
      HostConfig: {
        NetworkMode: 'none',
        DeviceRequests: [
          { Driver: 'nvidia', DeviceIDs: ['0', '3'], Capabilities: [['gpu']] },
          { Driver: 'cdi', DeviceIDs: ['amd.com/gpu=1'] },
        ],
      },
    });
  });

  test('says of a container without devices that it has none', () => {
    expect(giveDevices({ Env: ['NVIDIA_VISIBLE_DEVICES=all'] }, [], plain)).toEqual({
      Labels: { 'interlink.eu/devices': '' },
      Env: ['NVIDIA_VISIBLE_DEVICES=all'],
    });
  });

  test('shows a container the GPUs that it was given and no others, where a runtime would hand them out', () => {
    const body = { Env: ['A=b', 'NVIDIA_VISIBLE_DEVICES=all'] };
    const hidden = ['A=b', 'NVIDIA_VISIBLE_DEVICES=void'];
    expect(giveDevices(body, [], withNvidia).Env).toEqual(hidden);
    expect(giveDevices(body, ['amd.com/gpu=0'], withNvidia).Env).toEqual(hidden);
    expect(giveDevices(body, ['nvidia.com/gpu=0'], withNvidia).Env).toEqual(['A=b', 'NVIDIA_VISIBLE_DEVICES=0']);
  });
});
