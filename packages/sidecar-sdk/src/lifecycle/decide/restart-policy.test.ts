import type { Container } from '@interlink/protocol';
import { describe, expect, test } from 'vitest';
import type { ContainerKind } from '../facts/pod-facts.ts';
import { containerOf, podOf } from '../testing/pods.ts';
import { at } from '../testing/simulated-clock.ts';
import { isRestarted, type RestartPolicy } from './restart-policy.ts';

const onExit = (operator: string, ...values: number[]) => [{ action: 'Restart', exitCodes: { operator, values } }];

describe('isRestarted()', () => {
  type Case = readonly [ContainerKind, RestartPolicy | undefined, Record<string, unknown>, exitCode: number, boolean];
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
  test.each(cases)(
    '%s in a pod that says %s, with %j, after %i: %s',
    (kind, restartPolicy, more, exitCode, restarted) => {
      const spec: Container = { ...containerOf('main'), ...more };
      const pod = podOf(restartPolicy === undefined ? {} : { restartPolicy });
      expect(isRestarted(kind, spec, pod, { exitCode, finishedAt: at(1) })).toBe(restarted);
    },
  );
});
