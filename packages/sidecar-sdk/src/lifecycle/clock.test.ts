import { once } from 'node:events';
import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('systemClock.setTimer() fires at once for what is past, and Node has nothing to say about it', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  await new Promise<void>((fire) => systemClock.setTimer(-5_000, fire));
  // Node tells of its warnings in order.
  const marked = once(process, 'warning');
  process.emitWarning('mark');
  await marked;
  process.off('warning', onWarning);
  expect(warnings.map(({ name }) => name)).toEqual(['Warning']);
});
