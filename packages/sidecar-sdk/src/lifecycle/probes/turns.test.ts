import { expect, test } from 'vitest';
import { settle } from '../testing/manual-clock.ts';
import { Turns } from './turns.ts';

test('Turns lets so many run at a time, in the order in which they came, and goes on after a failure', async () => {
  const turns = new Turns(2);
  const begun: string[] = [];
  const tasks = ['a', 'b', 'c', 'd'].map((name) => {
    const work = Promise.withResolvers<void>();
    const ended = turns.take(async () => {
      begun.push(name);
      await work.promise;
    });
    return { ended, ...work };
  });
  await settle();
  expect(begun).toEqual(['a', 'b']);
  tasks[1]?.reject(new Error('failed'));
  await expect(tasks[1]?.ended).rejects.toThrow('failed');
  await settle();
  expect(begun).toEqual(['a', 'b', 'c']);
  tasks[0]?.resolve();
  tasks[2]?.resolve();
  await settle();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  tasks[3]?.resolve();
  await Promise.all([tasks[0]?.ended, tasks[2]?.ended, tasks[3]?.ended]);
});
