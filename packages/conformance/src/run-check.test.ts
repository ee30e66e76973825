import { expect, test } from 'vitest';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { ConformanceFailure } from './failure.ts';
import { runCheck } from './run-check.ts';

const site = { capabilities: undefined, demandsToken: false, canRestart: false };

async function outcomeOf(run: Check['run'], more: Partial<Check> = {}) {
  const cleaned: string[] = [];
  const check: Check = { name: 'a-check', generation: 'v2', section: 'Logs', summary: 'It works.', run, ...more };
  const context = { cleanUp: async () => void cleaned.push('cleaned') } as unknown as CheckContext;
  const signal = new AbortController().signal;
  const result = await runCheck(check, { site, patienceMs: 10_000, signal, makeContext: () => context });
  return { ...result, cleaned };
}

test('runCheck() passes what returns, and cleans up', async () => {
  expect(await outcomeOf(async () => undefined)).toMatchObject({ outcome: 'passed', cleaned: ['cleaned'] });
});

test('runCheck() reports what was wanted and seen, and cleans up', async () => {
  const failing = async () => {
    throw new ConformanceFailure({ wanted: 'a', seen: 'b' });
  };
  expect(await outcomeOf(failing)).toMatchObject({ outcome: 'failed', wanted: 'a', seen: 'b', cleaned: ['cleaned'] });
});

test('runCheck() counts any other error as a failure of the sidecar’s', async () => {
  const failing = async () => {
    throw new TypeError('items is not iterable');
  };
  expect(await outcomeOf(failing)).toMatchObject({ outcome: 'failed', seen: 'items is not iterable' });
});

test('runCheck() runs nothing that is skipped', async () => {
  const never = async () => {
    throw new Error('it ran');
  };
  const result = await outcomeOf(never, { skip: () => 'no reason' });
  expect(result).toMatchObject({ outcome: 'skipped', reason: 'no reason', cleaned: [] });
});
