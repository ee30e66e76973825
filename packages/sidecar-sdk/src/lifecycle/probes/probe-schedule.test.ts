import { expect, test } from 'vitest';
import { type ProbeKind, toProbeRules } from './probe-rules.ts';
import { firstRunMs, nextRunMs } from './probe-schedule.ts';

const rules = toProbeRules({ initialDelaySeconds: 15, periodSeconds: 10 });

test.each<[ProbeKind, string, { enabledAtMs: number; jitter?: number }, number]>([
  ['readiness', 'waits for its initial delay, from the container’s start', { enabledAtMs: 2_000 }, 15_000],
  ['liveness', 'waits for its initial delay, too', { enabledAtMs: 2_000, jitter: 0.5 }, 15_000],
  ['readiness', 'runs at once when it is enabled after that', { enabledAtMs: 21_000 }, 21_000],
  ['liveness', 'takes its next turn when it is enabled after that', { enabledAtMs: 21_000 }, 25_000],
  ['liveness', 'takes a turn that is right now', { enabledAtMs: 25_000 }, 25_000],
  [
    'liveness',
    'of a container that ran before us waits a part of its period',
    { enabledAtMs: 21_000, jitter: 0.5 },
    26_000,
  ],
  ['readiness', 'of a container that ran before us runs at once', { enabledAtMs: 21_000, jitter: 0.5 }, 21_000],
])('firstRunMs(): %s %s', (kind, _, { enabledAtMs, jitter = 0 }, wanted) => {
  expect(firstRunMs(kind, rules, { startedAtMs: 0, enabledAtMs, jitter })).toBe(wanted);
});

test.each([
  ['a period after the last turn', 10_100, 20_000],
  ['at the next turn when it ends right then', 20_000, 20_000],
  ['at once when it missed its turn', 20_001, 20_000],
  ['at once, and once only, when it missed several', 45_000, 40_000],
  ['a period from now when the clock was set back', -3_600_000, -3_590_000],
])('nextRunMs() is %s', (_, endedMs, wanted) => {
  expect(nextRunMs(10_000, rules, endedMs)).toBe(wanted);
});
