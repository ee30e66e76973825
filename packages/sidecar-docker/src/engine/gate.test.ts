import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

test('Gate lets so many in at a time, the most urgent first, then who came first', async () => {
  const gate = new Gate(1);
  const order: string[] = [];
  const open = Promise.withResolvers<void>();
  const first = gate.run(0, async () => await open.promise);
  const enter = async (name: string, priority: number): Promise<void> =>
    await gate.run(priority, async () => {
      order.push(name);
    });
  const others = [enter('low', 0), enter('high', 2), enter('high too', 2), enter('middle', 1)];
  open.resolve();
  await Promise.all([first, ...others]);
  expect(order).toEqual(['high', 'high too', 'middle', 'low']);
});

test('Gate gives the place on after a failure', async () => {
  const gate = new Gate(1);
  await expect(gate.run(0, async () => await Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(0, async () => 1)).toBe(1);
});

test('Gate lets others in beside a task that outlasts its patience, and counts no place twice', async () => {
  const gate = new Gate(1, 1);
  const [hung, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const outlasting = gate.run(0, async () => await hung.promise);
  await gate.run(0, async () => undefined);
  hung.resolve();
  await outlasting;
  const strict = new Gate(1);
  const order: string[] = [];
  const first = strict.run(0, async () => {
    await open.promise;
    order.push('first');
  });
  const second = strict.run(0, async () => void order.push('second'));
  open.resolve();
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});
