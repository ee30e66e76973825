import { expect, test } from 'vitest';
import { requestOf } from '../testing/scripted-mock.ts';
import { parseScriptFile } from './parse-script-file.ts';
import { scriptByRules } from './pod-rule.ts';

const rules = parseScriptFile(
  `pods:
    - match: { namespace: team-a, name: train-*, labels: { app: x } }
      annotations: { exit-code: 1, cpu-millis: 7 }
    - match: { name: flood-* }
      timeline: [{ atSeconds: 0, running: true }]
      logFlood: { linesPerSecond: 5 }
    - match: { namespace: team-* }
      annotations: { exit-code: 2 }
  `,
  '/s.yaml',
).pods;
const scriptOf = (metadata: Parameters<typeof requestOf>[0]) => scriptByRules(rules ?? [], requestOf(metadata).pod);

test.each([
  [{ name: 'train-1', labels: { app: 'x', more: 'y' } }, 1],
  [{ name: 'train-1', labels: { app: 'y' } }, 2],
  [{ name: 'other', namespace: 'team-b' }, 2],
  [{ name: 'train-1', namespace: 'elsewhere', labels: { app: 'x' } }, 0],
])('scriptByRules() gives %j what the first rule says that fits it', (metadata, exitCode) => {
  expect(scriptOf(metadata).exitCode).toBe(exitCode);
});

test('scriptByRules() has what a pod says itself go before', () => {
  const own = { 'mock.interlink.eu/exit-code': '9' };
  expect(scriptOf({ name: 'train-1', labels: { app: 'x' }, annotations: own })).toMatchObject({
    exitCode: 9,
    cpuMillis: 7,
  });
  expect(scriptOf({ name: 'flood-1' })).toMatchObject({
    timeline: { main: [{ atMs: 0, to: { kind: 'running' } }] },
    logFlood: { linesPerSecond: 5, bytesPerLine: 100, forMs: Number.POSITIVE_INFINITY },
  });
  expect(scriptOf({ name: 'flood-1', annotations: own }).timeline).toBeUndefined();
  expect(scriptOf({ name: 'flood-1', annotations: { 'mock.interlink.eu/log': 'x' } }).logFlood).toBeUndefined();
});
