import { describe, expect, test } from 'vitest';
import {
  type ContainerKind,
  initContainerKind,
  isRestarted,
  type RestartPolicy,
  type RestartSpec,
} from './restart-policy.ts';

const onExit = (operator: string, ...values: number[]) => [{ action: 'Restart', exitCodes: { operator, values } }];

describe('isRestarted()', () => {
  type Case = readonly [ContainerKind, RestartPolicy | undefined, RestartSpec, exitCode: number, boolean];
  const cases: Case[] = [
    ['container', undefined, {}, 0, true],
    ['container', 'Always', {}, 0, true],
    ['container', 'Always', {}, 1, true],
    ['container', 'OnFailure', {}, 0, false],
    ['container', 'OnFailure', {}, 1, true],
    ['container', 'Never', {}, 0, false],
    ['container', 'Never', {}, 1, false],
    ['init', 'Always', {}, 0, false],
    ['init', 'Always', {}, 1, true],
    ['init', 'OnFailure', {}, 1, true],
    ['init', 'Never', {}, 1, false],
    ['init', 'Never', { restartPolicy: 'OnFailure' }, 1, true],
    ['sidecar', 'Never', { restartPolicy: 'Always' }, 0, true],
    ['sidecar', 'Never', { restartPolicy: 'Always' }, 1, true],
    ['ephemeral', 'Always', {}, 1, false],
    ['container', 'Never', { restartPolicy: 'Always' }, 0, true],
    ['container', 'Never', { restartPolicy: 'OnFailure' }, 0, false],
    ['container', 'Always', { restartPolicy: 'Never' }, 1, false],
    ['container', 'Never', { restartPolicyRules: onExit('In', 42) }, 42, true],
    ['container', 'Never', { restartPolicyRules: onExit('In', 42) }, 1, false],
    ['container', 'Never', { restartPolicyRules: onExit('NotIn', 0, 42) }, 1, true],
    ['container', 'Never', { restartPolicyRules: onExit('NotIn', 0, 42) }, 42, false],
    ['container', 'Never', { restartPolicyRules: onExit('Between', 0, 42) }, 42, false],
    ['container', 'Never', { restartPolicyRules: [...onExit('In', 1), ...onExit('In', 2)] }, 2, true],
    ['init', 'Never', { restartPolicyRules: onExit('In', 42) }, 42, true],
    ['container', 'Never', { restartPolicyRules: 'nonsense' }, 1, false],
    ['container', 'Never', { restartPolicyRules: [null, 7, {}] }, 1, false],
  ];
  test.each(cases)('%s in a pod that says %s, with %j, after %i: %s', (kind, podPolicy, spec, exitCode, restarted) => {
    expect(isRestarted(kind, spec, podPolicy, exitCode)).toBe(restarted);
  });
});

test.each([
  [undefined, 'init'],
  ['OnFailure', 'init'],
  ['Always', 'sidecar'],
])('initContainerKind() of one that says %s is %s', (restartPolicy, kind) => {
  expect(initContainerKind({ restartPolicy })).toBe(kind);
});
