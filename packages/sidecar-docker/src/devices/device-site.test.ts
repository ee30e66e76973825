import { InterLinkError } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import type { EngineContainer } from '../status/engine-container.ts';
import type { PodSnapshot } from '../status/pod-snapshot.ts';
import type { UnreadPod } from '../status/unread-pod.ts';
import { DeviceSite } from './device-site.ts';

const [first, second] = ['nvidia.com/gpu=0', 'nvidia.com/gpu=1'];
const one = new Map([['nvidia.com/gpu', 1]]);

function containerWith(devices: string[], more: Partial<EngineContainer> = {}): EngineContainer {
  const identity = { kind: 'container', container: 'c', position: 0, attempt: 0, failuresBefore: 0 } as const;
  return {
    ...{ id: 'abc', status: 'running', exitCode: 0, wasOutOfMemory: false, error: '', createdAt: '' },
    ...{ startedAt: undefined, finishedAt: undefined, mayRestart: false, stopSignal: 'SIGTERM' },
    ...{ isTerminal: false, input: 'none', ip: undefined, logPath: undefined, ...more },
    labels: { ...identity, image: '', imageId: '', devices },
  };
}

/** An engine's containers, and the devices that are given to whoever wants some. */
function siteWith(...containers: EngineContainer[]) {
  const unread: UnreadPod[] = [];
  const metadata = { uid: 'u', namespace: 'ns', name: 'p', generation: 1, spec: { containers: [] } };
  const pod = { owner: { cluster: 'k', node: 'n' }, ...metadata };
  const snapshot: PodSnapshot = { pod, sandbox: undefined, containers };
  const reader = { readAll: async () => ({ pods: [{ ...snapshot, containers: [...containers] }], unread }) };
  const announced = { 'nvidia.com/gpu': '2' };
  const create = async (devices: string[]) => {
    containers.push(containerWith(devices));
    return devices;
  };
  return { site: new DeviceSite({ reader, announced }), create, pod, unread };
}

describe('DeviceSite', () => {
  test('gives containers that are made at the same time devices of their own', async () => {
    const { site, create } = siteWith();
    const given = await Promise.all([site.withDevices(one, create), site.withDevices(one, create)]);
    expect(given).toEqual([[first], [second]]);
    await expect(site.withDevices(one, create)).rejects.toThrow(/0 of the 2/);
  });

  test('gives nobody what a container holds that can’t be read', async () => {
    const { site, create, pod, unread } = siteWith();
    const error = new InterLinkError('internal', 'a dead file system');
    unread.push({ pod, live: [containerWith([first]).labels], error });
    expect(await site.withDevices(one, create)).toEqual([second]);
  });

  test.each<[string, Partial<EngineContainer>]>([
    ['has ended', { status: 'exited' }],
    ['could not be removed', { status: 'dead' }],
    ['could not be started', { status: 'created', error: 'could not select device driver' }],
  ])('a container that %s holds none', async (_, state) => {
    const { site, create } = siteWith(containerWith([first], state));
    expect(await site.withDevices(one, create)).toEqual([first]);
  });

  test.each<[string, Partial<EngineContainer>]>([
    ['is about to be started', { status: 'created' }],
    ['is paused', { status: 'paused' }],
    ['is being removed', { status: 'removing' }],
  ])('a container that %s holds its own', async (_, state) => {
    const { site, create } = siteWith(containerWith([first], state));
    expect(await site.withDevices(one, create)).toEqual([second]);
  });

  test('gives the next attempt of a container the devices of the one before', async () => {
    const before = containerWith([second], { status: 'exited' });
    const { site, create } = siteWith(before);
    expect(await site.withDevicesOf(before, create)).toEqual([second]);
  });

  test('gives it others when somebody has taken them', async () => {
    const before = containerWith([first], { status: 'exited' });
    const { site, create } = siteWith(before, containerWith([first]));
    expect(await site.withDevicesOf(before, create)).toEqual([second]);
  });

  test('a failed creation leaves the turn to the next', async () => {
    const { site, create } = siteWith();
    const failing = site.withDevices(one, async () => await Promise.reject(new Error('no such image')));
    await expect(failing).rejects.toThrow('no such image');
    expect(await site.withDevices(one, create)).toEqual([first]);
  });
});
