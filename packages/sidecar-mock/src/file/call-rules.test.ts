import { expect, test } from 'vitest';
import { CallRules } from './call-rules.ts';
import type { CallRuleShape } from './call-shape.ts';
import type { LoadedScript } from './script-file.ts';

const loadedOf = (...create: CallRuleShape[]): LoadedScript => ({ script: { calls: { create } }, sinceMs: 0 });

/** The errors of so many calls, one a second. */
function errorsOf(loaded: () => LoadedScript, calls: number): Array<string | undefined> {
  const rules = new CallRules(loaded);
  return Array.from({ length: calls }, (_, second) => rules.next('create', second * 1_000)?.rule.error);
}

const no = undefined;
const error = 'internal';

test.each([
  ['every third', { error, every: 3 }, [no, no, error, no, no, error]],
  ['the first two', { error, first: 2 }, [error, error, no, no, no, no]],
  ['from a time on, for a time', { error, afterSeconds: 1, forSeconds: 2 }, [no, error, error, no, no, no]],
  ['each second of the first four', { error, every: 2, first: 4 }, [no, error, no, error, no, no]],
] as const)('CallRules finds a rule for %s', (_, rule, expected) => {
  const loaded = loadedOf(rule);
  expect(errorsOf(() => loaded, expected.length)).toEqual(expected);
});

test('CallRules takes the first rule that fits, counts each kind by itself, and anew with another script', () => {
  let loaded = loadedOf({ error: 'internal', first: 1 }, { error: 'unavailable' });
  const rules = new CallRules(() => loaded);
  const next = () => rules.next('create', 0)?.rule.error;
  expect(rules.next('delete', 0)).toBeUndefined();
  expect([next(), next()]).toEqual(['internal', 'unavailable']);
  loaded = loadedOf({ error: 'internal', first: 1 });
  expect([next(), next()]).toEqual(['internal', undefined]);
});
