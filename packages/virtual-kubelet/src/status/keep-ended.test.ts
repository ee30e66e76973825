import { expect, test } from 'vitest';
import { toApiContainerStatus } from './container-statuses.ts';
import { keepEnded } from './keep-ended.ts';
import { containerStatus, type Doing } from './testing/statuses.ts';

test.each<['Always' | 'OnFailure' | 'Never', Doing, Doing, Doing]>([
  ['Never', 0, 'running', 0],
  ['Never', 1, 'waiting', 1],
  ['Never', 1, 'backOff:1', 1],
  ['OnFailure', 0, 'running', 0],
  ['OnFailure', 1, 'backOff:1', 'backOff:1'],
  ['Always', 0, 'backOff:0', 'backOff:0'],
  ['Never', 'running', 'waiting', 'waiting'],
  ['Never', 0, 1, 1],
])('keepEnded(), restart policy %s: %s in the API, %s reported, %s shown', (restartPolicy, before, reported, shown) => {
  const current = [toApiContainerStatus(containerStatus('main', before))];
  const [kept] = keepEnded(current, [containerStatus('main', reported)], {
    restartPolicy,
    isAlwaysRestarted: () => false,
  });
  expect(Object.keys(kept?.state ?? {})).toEqual(Object.keys(containerStatus('main', shown).state));
  if (shown === before) expect(kept?.state.terminated?.exitCode).toBe(before);
});

test('keepEnded() lets a container begin anew that was replaced for its image, and one that is always restarted', () => {
  const current = [toApiContainerStatus(containerStatus('main', 0))];
  const running = (more: object) => [containerStatus('main', 'running', more)];
  const options = { restartPolicy: 'Never', isAlwaysRestarted: () => false } as const;
  const replaced = running({ restartCount: 1, image: 'other' });
  expect(keepEnded(current, replaced, options)).toEqual(replaced);
  expect(keepEnded(current, running({ restartCount: 1 }), options)[0]?.state.terminated).toBeDefined();
  expect(keepEnded(current, running({}), { ...options, isAlwaysRestarted: () => true })).toEqual(running({}));
});
