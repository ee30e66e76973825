import { expect, test } from 'vitest';
import { parseScriptFile } from './parse-script-file.ts';

const problemsOf = (text: string): string => {
  try {
    parseScriptFile(text, '/s.yaml');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('parseScriptFile() takes an empty file for one that says nothing', () => {
  expect(parseScriptFile('# nothing\n', '/s.yaml')).toEqual({});
});

test('parseScriptFile() tells all problems at once, with place, file, value and what is wanted', () => {
  const message = problemsOf(
    'protocol: v3\npodz: []\nout: 1\ncalls: { create: [{ error: nope, every: 0 }] }\noutages: [{ afterSeconds: soon }]\n',
  );
  expect(message).toContain('protocol in /s.yaml is "v3": one of v1, v2 is wanted');
  expect(message).toContain('podz in /s.yaml is unknown: did you mean pods?');
  expect(message).toContain('calls.create[0].error in /s.yaml is "nope": one of ');
  expect(message).toContain('calls.create[0].every in /s.yaml is 0: a number of 1 to 1000000 is wanted');
  expect(message).toContain('outages[0] in /s.yaml lacks forSeconds');
});

test.each([
  ['a: [', 'The script of the mock sidecar /s.yaml is no YAML'],
  ['- a\n', '/s.yaml is ["a"]: a map is wanted'],
  ['misbehave: gost-pod', 'did you mean ghost-pod?'],
  ['capabilities: { pools: [{ name: x, capacity: { cpu: lots } }] }', 'is "lots": a quantity of Kubernetes'],
  ['pods: [{ annotations: { run-second: 3 } }]', 'knows no annotation mock.interlink.eu/run-second'],
  ['pods: [{ annotations: { exit-code: one } }]', 'pods[0].annotations.exit-code in /s.yaml is "one": '],
  ['pods: [{ timeline: [{ atSeconds: 0 }] }]', 'pods[0].timeline[0] in /s.yaml has none of waiting, running, exitCode'],
  ['pods: [{ timeline: [{ atSeconds: 0, running: false }] }]', 'has running false: true is wanted'],
  ['pods: [{ timeline: [{ atSeconds: 0, running: true, exitCode: 1 }] }]', 'has more than one of'],
  [
    'pods: [{ timeline: [{ atSeconds: 3, running: true }, { atSeconds: 2, exitCode: 1 }] }]',
    'timeline[1] in /s.yaml is at 2 seconds, the step before it at 3',
  ],
  [
    'pods: [{ containers: { main: [{ atSeconds: 0, running: true }, { atSeconds: 2, waiting: Backoff }] } }]',
    'pods[0].containers.main[1] in /s.yaml has waiting while the container runs',
  ],
  [
    'pods: [{ annotations: { run-seconds: 3 }, timeline: [{ atSeconds: 0, running: true }] }]',
    'pods[0].annotations.run-seconds in /s.yaml says what a timeline says',
  ],
  ['pods: [{ annotations: { log: x }, logFlood: { linesPerSecond: 1 } }]', 'says what logFlood says'],
])('parseScriptFile() refuses %s', (text, message) => {
  expect(problemsOf(text)).toContain(message);
});
