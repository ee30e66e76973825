import { isRestarted, type RestartSpec } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { toApiContainerStatus } from './container-statuses.ts';
import { keepEnded } from './keep-ended.ts';
import { containerStatus, type Doing } from './testing/statuses.ts';

const onExit42 = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }];

test.each<['Always' | 'OnFailure' | 'Never', RestartSpec, Doing, Doing, Doing]>([
  ['Never', {}, 0, 'running', 0],
  ['Never', {}, 1, 'waiting', 1],
  ['Never', {}, 1, 'backOff:1', 1],
  ['OnFailure', {}, 0, 'running', 0],
  ['OnFailure', {}, 1, 'backOff:1', 'backOff:1'],
  ['Always', {}, 0, 'backOff:0', 'backOff:0'],
  ['Never', {}, 'running', 'waiting', 'waiting'],
  ['Never', {}, 0, 1, 1],
  // The container's own word goes before the pod's.
  ['Never', { restartPolicy: 'Always' }, 0, 'running', 'running'],
  ['Never', { restartPolicy: 'OnFailure' }, 1, 'running', 'running'],
  ['Never', { restartPolicy: 'OnFailure' }, 0, 'running', 0],
  ['Always', { restartPolicy: 'Never' }, 1, 'running', 1],
  ['Never', { restartPolicy: 'Never', restartPolicyRules: onExit42 }, 42, 'backOff:42', 'backOff:42'],
  ['Never', { restartPolicy: 'Never', restartPolicyRules: onExit42 }, 1, 'running', 1],
])(
  'keepEnded(), pod %s, container %j: %s in the API, %s reported, %s shown',
  (policy, spec, before, reported, shown) => {
    const current = [toApiContainerStatus(containerStatus('main', before))];
    const [kept] = keepEnded(current, [containerStatus('main', reported)], (name, exitCode) => {
      expect(name).toBe('main');
      return isRestarted('container', spec, policy, exitCode);
    });
    expect(Object.keys(kept?.state ?? {})).toEqual(Object.keys(containerStatus('main', shown).state));
    if (shown === before) expect(kept?.state.terminated?.exitCode).toBe(before);
  },
);

test('keepEnded() lets a container begin anew that was replaced for its image', () => {
  const current = [toApiContainerStatus(containerStatus('main', 0))];
  const running = (more: object) => [containerStatus('main', 'running', more)];
  const replaced = running({ restartCount: 1, image: 'other' });
  expect(keepEnded(current, replaced, () => false)).toEqual(replaced);
  expect(keepEnded(current, running({ restartCount: 1 }), () => false)[0]?.state.terminated).toBeDefined();
});

test('keepEnded() leaves a container as the API has it of which the backend says that it can’t be read', () => {
  const current = [toApiContainerStatus(containerStatus('main', 'running', { restartCount: 2 }))];
  const waiting = { reason: 'ContainerStatusUnknown', message: 'inspect: input/output error' };
  const unread = ['main', 'new'].map((name) => containerStatus(name, 'waiting', { state: { waiting } }));
  const [main, added] = keepEnded(current, unread, () => true);
  expect([main?.restartCount, main?.ready, Object.keys(main?.state ?? {})]).toEqual([2, true, ['running']]);
  expect(added?.state).toEqual({ waiting });
});
