import { expect, test } from 'vitest';
import { toAmounts } from './pod-requests.ts';
import { Room } from './room.ts';
import { asking, newPod } from './testing/pods.ts';

const allocatable = toAmounts({ cpu: '2', memory: '1Gi', pods: '3', 'nvidia.com/gpu': '1' });
const podOf = (uid: string, requests: Record<string, string>, generation = 1) =>
  newPod({ containers: [asking('main', requests)] }, { uid, generation });

test.each([
  ['OutOfcpu', { cpu: '1500m' }, 'cpu, requested: 1500, used: 1000, capacity: 2000'],
  ['OutOfmemory', { memory: '1Gi' }, 'memory, requested: 1073741824, used: 1048576, capacity: 1073741824'],
  ['OutOfnvidia.com/gpu', { 'nvidia.com/gpu': '1' }, 'nvidia.com/gpu, requested: 1, used: 1, capacity: 1'],
  ['OutOfcpu', { 'nvidia.com/gpu': '9', memory: '9Gi', cpu: '9' }, 'cpu, requested: 9000, used: 1000, capacity: 2000'],
])('Room.tryOccupy() says %s for %o', (reason, requests, amounts) => {
  const room = new Room();
  expect(room.tryOccupy(podOf('a', { cpu: '1', memory: '1Mi', 'nvidia.com/gpu': '1' }), allocatable)).toBeUndefined();
  expect(room.tryOccupy(podOf('b', requests), allocatable)).toEqual({
    reason,
    message: `Node didn't have enough resource: ${amounts}`,
  });
  expect(room.has('b')).toBe(false);
});

test('Room.tryOccupy() counts pods', () => {
  const room = new Room();
  for (const uid of ['a', 'b', 'c']) expect(room.tryOccupy(podOf(uid, {}), allocatable)).toBeUndefined();
  expect(room.tryOccupy(podOf('d', {}), allocatable)).toEqual({
    reason: 'OutOfpods',
    message: "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3",
  });
  room.vacate('b');
  expect(room.tryOccupy(podOf('d', {}), allocatable)).toBeUndefined();
});

test('Room.tryOccupy() fills the node to the last thousandth', () => {
  const room = new Room();
  expect(room.tryOccupy(podOf('a', { cpu: '1999m' }), allocatable)).toBeUndefined();
  expect(room.tryOccupy(podOf('b', { cpu: '1m' }), allocatable)).toBeUndefined();
  expect(room.tryOccupy(podOf('c', { cpu: '1m' }), allocatable)?.reason).toBe('OutOfcpu');
});

test('Room.occupy() takes what there is not, counts a pod once, and follows its spec', () => {
  const room = new Room();
  room.occupy(podOf('a', { cpu: '5' }));
  room.occupy(podOf('a', { cpu: '5' }));
  expect(room.tryOccupy(podOf('b', { cpu: '1' }), allocatable)?.message).toContain('used: 5000');
  room.occupy(podOf('a', { cpu: '1' }, 2));
  expect(room.tryOccupy(podOf('b', { cpu: '1' }), allocatable)).toBeUndefined();
  room.vacate('a');
  room.vacate('a');
  expect(room.tryOccupy(podOf('c', { cpu: '1' }), allocatable)).toBeUndefined();
});

test('Room.tryOccupy() does not count what the node does not name', () => {
  expect(
    new Room().tryOccupy(podOf('a', { 'ephemeral-storage': '1Ei', cpu: '9' }), toAmounts({ pods: '1' })),
  ).toBeUndefined();
});
