import type Docker from 'dockerode';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Engine } from './engine.ts';

test('listContainers() gives an engine time before it asks again', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let asked = 0;
  const docker = {
    modem: { dial: () => undefined },
    listContainers: async () => {
      asked += 1;
      if (asked < 3) throw Object.assign(new Error('no such container'), { statusCode: 404 });
      return [];
    },
  };
  const listed = new Engine(docker as unknown as Docker).listContainers('a');
  await vi.advanceTimersByTimeAsync(49);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(51);
  expect(asked).toBe(3);
  expect(await listed).toEqual([]);
});
