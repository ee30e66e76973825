import { expect, test } from 'vitest';
import { slurmError } from '../slurm-error.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { SubmitQueue } from './submit-queue.ts';

/** Submissions whose outcomes the test gives, in the order in which they were asked for. */
function scripted() {
  const queue = new SubmitQueue(new ManualClock(0), undefined);
  const given: Array<{ name: string; isNext: boolean; end: PromiseWithResolvers<string | undefined> }> = [];
  const submit = (name: string) => {
    const outcome = queue.run((isNext) => {
      const end = Promise.withResolvers<string | undefined>();
      given.push({ name, isNext, end });
      return end.promise;
    }, 'Cannot submit');
    outcome.catch(() => undefined);
    return outcome;
  };
  return { given, submit, shown: () => given.map(({ name, isNext }) => `${name}${isNext ? ' next' : ''}`) };
}

const settle = async () => await new Promise((resolve) => setImmediate(resolve));

test('SubmitQueue gives one more before the one under way has ended, once one was taken', async () => {
  const { given, submit, shown } = scripted();
  const outcomes = ['a', 'b', 'c', 'd'].map(submit);
  await settle();
  expect(shown()).toEqual(['a']);
  given[0]?.end.resolve('1');
  await settle();
  expect(shown()).toEqual(['a', 'b', 'c next']);
  for (const index of [1, 2, 3]) {
    given[index]?.end.resolve(String(index + 1));
    await settle();
  }
  expect(shown()).toEqual(['a', 'b', 'c next', 'd next']);
  expect(await Promise.all(outcomes)).toEqual(['1', '2', '3', '4']);
});

test('SubmitQueue gives what was not begun again, before those that came later, and alone', async () => {
  const { given, submit, shown } = scripted();
  const first = submit('a');
  await settle();
  given[0]?.end.resolve('1');
  await first;
  const [refused, ...others] = ['b', 'c', 'd'].map(submit);
  await settle();
  expect(shown()).toEqual(['a', 'b', 'c next']);
  given[1]?.end.reject(slurmError('refused', 'no'));
  given[2]?.end.resolve(undefined);
  await expect(refused).rejects.toThrow('no');
  await settle();
  expect(shown()).toEqual(['a', 'b', 'c next', 'c']);
  given[3]?.end.resolve('3');
  await settle();
  expect(shown()).toEqual(['a', 'b', 'c next', 'c', 'd']);
  given[4]?.end.resolve('4');
  expect(await Promise.all(others)).toEqual(['3', '4']);
});

test('SubmitQueue does not give again what was not begun since Slurm takes no more', async () => {
  const { given, submit, shown } = scripted();
  const first = submit('a');
  await settle();
  given[0]?.end.resolve('1');
  await first;
  const outcomes = ['b', 'c', 'd'].map(submit);
  await settle();
  given[1]?.end.reject(slurmError('busy', 'full'));
  given[2]?.end.resolve(undefined);
  for (const outcome of outcomes) await expect(outcome).rejects.toThrow(/full|did not take the last job/);
  expect(shown()).toEqual(['a', 'b', 'c next']);
});
