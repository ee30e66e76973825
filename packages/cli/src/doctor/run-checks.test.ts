import { expect, test } from 'vitest';
import { type Check, NotApplicable, ok } from './check.ts';
import { DoctorContext } from './context.ts';
import { runChecks } from './run-checks.ts';

const never = new AbortController().signal;

function check(name: string, run: Check['run'], more: Partial<Check> = {}): Check {
  return { name, summary: '', sides: ['site'], run, ...more };
}

async function outcomesOf(checks: ReadonlyArray<Check>, signal = never) {
  const results = await runChecks(checks, new DoctorContext({ env: {}, side: 'site' }), signal);
  return results.map(({ name, findings }) => [name, ...findings.map(({ outcome, what }) => `${outcome}: ${what}`)]);
}

test('runChecks() makes a finding of whatever a check throws, and runs the others', async () => {
  const fails = (error: unknown) => async () => await Promise.reject(error);
  expect(
    await outcomesOf([
      check('throws', fails(new Error('broken'))),
      check('says why not', fails(new NotApplicable('nothing here'))),
      check('works', async () => [ok('fine'), ok('really')]),
    ]),
  ).toEqual([
    ['throws', 'problem: the check itself failed: broken'],
    ['says why not', 'skipped: nothing here'],
    ['works', 'ok: fine', 'ok: really'],
  ]);
});

test('runChecks() ends a check that hangs, and tells it by its signal', async () => {
  let seen: AbortSignal | undefined;
  const hangs = check('hangs', async (_context, signal) => {
    seen = signal;
    return await new Promise(() => undefined);
  });
  expect(await outcomesOf([{ ...hangs, timeoutMs: 10 }])).toEqual([['hangs', 'problem: no answer within 0.01 s']]);
  expect(seen?.aborted).toBe(true);
});

test('runChecks() runs them at once: two that wait for each other both end', async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const meets = (mine: typeof first, other: typeof first) => async () => {
    mine.resolve();
    await other.promise;
    return [ok('met')];
  };
  expect(await outcomesOf([check('a', meets(first, second)), check('b', meets(second, first))])).toEqual([
    ['a', 'ok: met'],
    ['b', 'ok: met'],
  ]);
});

test('runChecks() skips what is of the other side', async () => {
  const other = check('there', async () => [ok('seen')], { sides: ['cluster'] });
  expect(await outcomesOf([other])).toEqual([['there', expect.stringMatching(/^skipped: is of the cluster side/)]]);
});

test('runChecks() throws the reason of the caller’s own signal', async () => {
  const hangs = check('hangs', async () => await new Promise(() => undefined));
  await expect(outcomesOf([hangs], AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
