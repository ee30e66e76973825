import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ProbeKind, type ProbeRules, probeKinds, toProbeRules } from './probe-rules.ts';
import {
  afterRun,
  initialProbeState,
  isEnabled,
  isReady,
  isStarted,
  type ProbeResult,
  type ProbeState,
  quietProbeState,
} from './probe-state.ts';

const letters = { s: 'success', w: 'warning', f: 'failure', u: 'unknown' } as const;

function run(kind: ProbeKind, rules: ProbeRules, results: Iterable<ProbeResult>): ProbeState {
  let state = initialProbeState(kind);
  for (const result of results) state = afterRun(state, result, kind, rules);
  return state;
}

const resultsOf = (text: string) => [...text].map((letter) => letters[letter as keyof typeof letters]);

describe('afterRun()', () => {
  test.each<[ProbeKind, string, string, string]>([
    ['readiness', 'is a failure before the first run', '', 'failure'],
    ['liveness', 'is a success before the first run', '', 'success'],
    ['startup', 'is unknown before the first run', '', 'unknown'],
    ['readiness', 'succeeds with the first success', 's', 'success'],
    ['readiness', 'takes a warning for success', 'w', 'success'],
    ['readiness', 'stays ready below the failure threshold', 'sff', 'success'],
    ['readiness', 'fails at the failure threshold', 'sfff', 'failure'],
    ['readiness', 'begins to count again after a success', 'sffsff', 'success'],
    ['readiness', 'succeeds again after a failure', 'sfffs', 'success'],
    ['readiness', 'is not changed by errors', 'suuuu', 'success'],
    ['readiness', 'does not count errors, nor end a row for them', 'sfufuf', 'failure'],
    ['liveness', 'stays alive below the failure threshold', 'ff', 'success'],
    ['liveness', 'fails at the failure threshold', 'fff', 'failure'],
    ['liveness', 'is on hold after that', 'fffs', 'failure'],
    ['startup', 'stays unknown below the failure threshold', 'ff', 'unknown'],
    ['startup', 'fails at the failure threshold', 'fff', 'failure'],
    ['startup', 'passes with the first success', 'ffs', 'success'],
  ])('%s %s', (kind, _, results, verdict) => {
    expect(run(kind, toProbeRules({}), resultsOf(results)).verdict).toBe(verdict);
  });

  test('readiness waits for its success threshold', () => {
    const rules = toProbeRules({ successThreshold: 3 });
    expect(run('readiness', rules, resultsOf('ss')).verdict).toBe('failure');
    expect(run('readiness', rules, resultsOf('ssfss')).verdict).toBe('failure');
    expect(run('readiness', rules, resultsOf('sss')).verdict).toBe('success');
  });

  test('holds only what condemns the container', () => {
    const held = probeKinds.filter((kind) => run(kind, toProbeRules({}), resultsOf('fff')).isOnHold);
    expect(held).toEqual(['startup', 'liveness']);
  });

  test('a verdict changes only after as many equal results in a row as its threshold says', () => {
    const result = fc.constantFrom<ProbeResult>('success', 'warning', 'failure', 'unknown');
    const threshold = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(fc.array(result, { maxLength: 40 }), threshold, threshold, (results, success, failure) => {
        const rules = toProbeRules({ successThreshold: success, failureThreshold: failure });
        // What counts, written as a text: the verdict is the last whole row in it.
        const counted = results.flatMap((r) => (r === 'unknown' ? [] : [r === 'failure' ? 'f' : 's'])).join('');
        const rows = [...counted.matchAll(/s+|f+/g)].filter(([row]) =>
          row.startsWith('s') ? row.length >= success : row.length >= failure,
        );
        const last = rows.at(-1)?.[0];
        const wanted = last?.startsWith('s') === true ? 'success' : 'failure';
        expect(run('readiness', rules, results).verdict).toBe(wanted);
      }),
    );
  });
});

describe('the states of a container', () => {
  const after = (kind: ProbeKind, results: string) => run(kind, toProbeRules({}), resultsOf(results));

  test('without probes it is started and ready', () => {
    expect([isStarted({}), isReady({})]).toEqual([true, true]);
  });

  test('it is not started before its startup probe has passed, and not ready before it is started', () => {
    const waiting = { startup: after('startup', 'f') };
    expect([isStarted(waiting), isReady(waiting)]).toEqual([false, false]);
    const passed = { startup: after('startup', 's'), readiness: after('readiness', '') };
    expect([isStarted(passed), isReady(passed)]).toEqual([true, false]);
    expect(isReady({ ...passed, readiness: after('readiness', 's') })).toBe(true);
  });

  test('the startup probe runs alone until it has passed, then the others', () => {
    const enabled = (startup: string) => {
      const states = {
        startup: after('startup', startup),
        liveness: after('liveness', ''),
        readiness: after('readiness', ''),
      };
      return probeKinds.filter((kind) => isEnabled(states, kind));
    };
    expect(enabled('')).toEqual(['startup']);
    expect(enabled('s')).toEqual(['liveness', 'readiness']);
    expect(enabled('fff')).toEqual([]);
  });

  test('a pod that is being deleted keeps its readiness probe only', () => {
    const states = { startup: quietProbeState(), liveness: quietProbeState(), readiness: after('readiness', '') };
    expect(probeKinds.filter((kind) => isEnabled(states, kind))).toEqual(['readiness']);
  });
});
