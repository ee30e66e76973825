import { createLogger } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { ManualClock } from '../slurm/testing/manual-clock.ts';
import { parseResources, ResourceScript } from './resource-script.ts';

test.each([
  ['{"cpu": "64", "memory": "512Gi", "nvidia.com/gpu": 8}', { cpu: '64', memory: '512Gi', 'nvidia.com/gpu': '8' }],
  ['{"pods": 0}\n', { pods: '0' }],
])('parseResources(%j)', (text, expected) => {
  expect(parseResources(text)).toEqual(expected);
});

test.each(['', '[]', '{}', '"64"', '{"cpu": "much"}', '{"cpu": -1}', '{"cpu": null}'])(
  'parseResources(%j) says what is wanted',
  (text) => {
    expect(() => parseResources(text)).toThrow('an object of quantities by resource is wanted');
  },
);

test('ResourceScript is run once a minute, and its last good answer counts while it fails', async () => {
  const clock = new ManualClock();
  const answers = ['{"cpu": "1"}', 'no', '{"cpu": "2"}'];
  const script = new ResourceScript({
    ...{ path: '/site/resources', clock, logger: createLogger('test', 'silent') },
    run: async () => ({ ending: 'exited', exitCode: 0, stdout: answers.shift() ?? '', stderr: '' }),
  });
  const seen: unknown[] = [];
  for (let look = 0; look < 6; look += 1) {
    seen.push((await script.read())?.cpu);
    await clock.advance(30_000);
  }
  expect(seen).toEqual(['1', '1', '1', '1', '2', '2']);
});
