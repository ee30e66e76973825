import { expect, test } from 'vitest';
import { assertRunnable } from './create.ts';
import { stopOrder } from './delete.ts';
import { requestOf } from './testing/pods.ts';

test.each([
  [{ containers: [{ name: 'a' }] }, 'container "a" has no command'],
  [{ initContainers: [{ name: 'i', command: [] }] }, 'container "i" has no command'],
  [{ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'volume "v" is a hostPath'],
  [{ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }, 'volume "v" is a persistentVolumeClaim'],
])('assertRunnable() refuses %j', (spec, problem) => {
  expect(() => assertRunnable(requestOf(['true'], spec), true)).toThrow(problem);
});

test('assertRunnable() refuses ConfigMaps and Secrets where they may not be written', () => {
  const request = requestOf(['true'], { volumes: [{ name: 'v', secret: { secretName: 's' } }] });
  expect(() => assertRunnable(request, true)).not.toThrow();
  expect(() => assertRunnable(request, false)).toThrow('ExportPodData is false');
});

test('stopOrder() shortens a grace period and never lengthens it', () => {
  const first = stopOrder(undefined, 30, 1_000);
  expect(first).toEqual({ cause: 'deleted', orderedAtMs: 1_000, killAtMs: 31_000 });
  expect(stopOrder(first, 60, 2_000)).toEqual(first);
  expect(stopOrder(first, 0, 2_000)).toEqual({ ...first, killAtMs: 2_000 });
});
