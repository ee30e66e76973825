import { expect, test } from 'vitest';
import { requestOf } from './testing/pods.ts';
import { warningEvents } from './warning-events.ts';

const podOf = (container: object) => requestOf([], { containers: [{ name: 'main', ...container }] }).pod;
const reasons = (container: object) => warningEvents(podOf(container), 'me').map(({ reason }) => reason);

test('warningEvents() says of every pod that nothing is isolated', () => {
  const container = { terminationMessagePath: '/dev/termination-log' };
  expect(warningEvents(podOf(container), 'me')).toEqual([
    {
      type: 'Warning',
      reason: 'NotIsolated',
      message: 'Runs as plain processes of account me: images are ignored and nothing is isolated',
    },
  ]);
});

test('warningEvents() names the variables that stand for paths of the pod', () => {
  const mounted = { volumeMounts: [{ name: 'my-data', mountPath: '/data' }] };
  const message = expect.stringContaining('$INTERLINK_VOLUME_MY_DATA for /data');
  expect(warningEvents(podOf(mounted), 'me')[1]).toMatchObject({ reason: 'MountPathNotHonoured', message });
  const path = { terminationMessagePath: '/tmp/last-word' };
  expect(reasons(path)).toEqual(['NotIsolated', 'TerminationMessagePathNotHonoured']);
  expect(warningEvents(podOf(path), 'me')[1]?.message).toBe(
    'What is written to /tmp/last-word is no termination message: $INTERLINK_TERMINATION_LOG names the file to write to',
  );
});
