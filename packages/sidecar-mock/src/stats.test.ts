import { expect, test } from 'vitest';
import { createMockBackend } from './backend.ts';

const owner = { cluster: 'c', node: 'n' };

test('the mock’s containers use what their annotations say, and nothing at their very start', async () => {
  let now = Date.UTC(2027, 0, 1);
  const backend = createMockBackend({ now: () => now });
  const create = async (name: string, annotations: Record<string, string>, of = owner) => {
    const metadata = { uid: crypto.randomUUID(), namespace: 'ns', name, annotations };
    await backend.create({ pod: { metadata, spec: { containers: [{ name: 'main' }] } }, volumes: [] }, of);
  };
  await create('plain', {});
  await create('busy', { 'mock.interlink.eu/cpu-millis': '1500', 'mock.interlink.eu/memory-bytes': '42' });
  await create('unmeasured', { 'mock.interlink.eu/memory-bytes': '0' });
  await create('foreign', {}, { ...owner, node: 'other' });
  const read = async () =>
    (await backend.stats?.(owner))?.pods.map(({ name, containers: [main] }) => [
      ...[name, main?.cpu.usageCoreNanoSeconds, main?.memory.workingSetBytes],
    ]);
  expect(await read()).toEqual([
    ['plain', undefined, undefined],
    ['busy', undefined, undefined],
    ['unmeasured', undefined, undefined],
  ]);
  now += 10_000;
  expect(await read()).toEqual([
    ['plain', '2500000000', 67_108_864],
    ['busy', '15000000000', 42],
    ['unmeasured', undefined, undefined],
  ]);
});
