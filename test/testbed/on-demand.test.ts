import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OnDemand, offers, type Starters, slurmHost } from './on-demand.ts';
import type { SlurmHostData, TestbedData } from './testbed-data.ts';

const HOST = { conf: '/x/slurm.conf', version: '22.05.8' } as SlurmHostData;

async function listen(starters: Starters): Promise<{ testbed: TestbedData; onDemand: OnDemand }> {
  const directory = await mkdtemp(join(tmpdir(), 'on-demand-'));
  const onDemand = new OnDemand(starters);
  const socket = join(directory, 'sock');
  await onDemand.listen(socket);
  onTestFinished(async () => {
    await onDemand.close();
    await rm(directory, { recursive: true });
  });
  return { onDemand, testbed: { directory, missing: [], env: {}, onDemand: { socket, parts: ['slurmHost'] } } };
}

test('OnDemand starts a part once for all who ask', async () => {
  let starts = 0;
  const { testbed } = await listen({
    slurmHost: async () => {
      starts += 1;
      return HOST;
    },
  });
  expect(await Promise.all([slurmHost(testbed), slurmHost(testbed)])).toEqual([HOST, HOST]);
  expect(await slurmHost(testbed)).toEqual(HOST);
  expect(starts).toBe(1);
});

test('OnDemand tells who asks why a part cannot be started, and tries again for the next', async () => {
  const failures = [new Error('no key')];
  const { testbed } = await listen({
    slurmHost: async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return HOST;
    },
  });
  await expect(slurmHost(testbed)).rejects.toThrow('Cannot start slurmHost: no key');
  expect(await slurmHost(testbed)).toEqual(HOST);
});

test('close() waits for a part that is starting', async () => {
  const starting = Promise.withResolvers<SlurmHostData>();
  const asked = Promise.withResolvers<void>();
  const { testbed, onDemand } = await listen({
    slurmHost: () => {
      asked.resolve();
      return starting.promise;
    },
  });
  const answer = slurmHost(testbed);
  await asked.promise;
  const order: string[] = [];
  const closed = onDemand.close().then(() => order.push('closed'));
  order.push('started');
  starting.resolve(HOST);
  await closed;
  expect(order).toEqual(['started', 'closed']);
  expect(await answer).toEqual(HOST);
});

test('offers() says what a testbed can start', async () => {
  const { testbed } = await listen({});
  expect(offers(testbed, 'slurmHost')).toBe(true);
  expect(offers(testbed, 'slurmCluster')).toBe(false);
  expect(offers({ directory: '', missing: [], env: {} }, 'slurmHost')).toBe(false);
});
