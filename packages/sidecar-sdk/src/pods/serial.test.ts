import { expect, test } from 'vitest';
import { Serial } from './serial.ts';

test('Serial runs tasks of one key one after another, in order, also after a failure', async () => {
  const serial = new Serial();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = serial.run('a', async () => {
    await gate.promise;
    order.push('first');
    throw new Error('broken');
  });
  const second = serial.run('a', async () => void order.push('second'));
  const other = serial.run('b', async () => void order.push('other'));
  await other;
  gate.resolve();
  await expect(first).rejects.toThrow('broken');
  await second;
  expect(order).toEqual(['other', 'first', 'second']);
});

test('Serial gives each caller its own result', async () => {
  const serial = new Serial();
  const results = await Promise.all([1, 2, 3].map((value) => serial.run('a', async () => value)));
  expect(results).toEqual([1, 2, 3]);
});
