import type { Container } from '@interlink/protocol';
import { expect, test } from 'vitest';
import type { Run } from '../testing/container-script.ts';
import { containerOf, podOf, podUid } from '../testing/pods.ts';
import { SimulatedSidecar } from '../testing/simulated-sidecar.ts';

const fallback = { terminationMessagePolicy: 'FallbackToLogsOnError' };

async function ended(run: Run, more: Partial<Container> = {}): Promise<SimulatedSidecar> {
  const sidecar = new SimulatedSidecar();
  sidecar.submit(podOf({ restartPolicy: 'Never', containers: [containerOf('main', more)] }), {
    main: [{ seconds: 1, ...run }],
  });
  await sidecar.passSeconds(5);
  return sidecar;
}

test.each<[what: string, run: Run, more: Partial<Container>, message: string | undefined]>([
  ['the file', { message: 'from the file', log: 'from the log' }, {}, 'from the file'],
  ['nothing of the log by default', { exitCode: 1, log: 'from the log' }, {}, undefined],
  ['the log after a failure where that is asked for', { exitCode: 1, log: 'from the log' }, fallback, 'from the log'],
  [
    'the file rather than the log',
    { exitCode: 1, message: 'from the file', log: 'from the log' },
    fallback,
    'from the file',
  ],
  ['nothing of the log of a success', { log: 'from the log' }, fallback, undefined],
])('TerminationMessages shows %s', async (_, run, more, message) => {
  const sidecar = await ended(run, more);
  expect(sidecar.statusOf('main').state.terminated?.message).toBe(message);
});

test('TerminationMessages reads a message once, and a new process has it from its first list on', async () => {
  const sidecar = await ended({ message: 'bye' });
  await sidecar.process.lifecycle.settle(podUid);
  expect(sidecar.process.runtime.calls.get('terminationMessage')).toBe(1);
  sidecar.restart();
  const [listed] = await sidecar.process.lifecycle.list();
  expect(listed?.report.status.containerStatuses[0]?.state.terminated?.message).toBe('bye');
});

test('TerminationMessages shows an end whose message can not be read', async () => {
  const sidecar = new SimulatedSidecar();
  sidecar.engine.failNext('terminationMessage file', new Error('no such file'));
  sidecar.submit(podOf({ restartPolicy: 'Never' }), { main: [{ seconds: 1, message: 'bye' }] });
  await sidecar.passSeconds(5);
  expect(sidecar.statusOf('main').state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
});

test('TerminationMessages keeps the message of a container that somebody removed', async () => {
  const sidecar = await ended({ message: 'bye' });
  const pod = sidecar.engine.pods.get(podUid);
  for (const attempt of [...(pod?.attempts ?? [])]) pod?.drop(attempt);
  await sidecar.process.lifecycle.settle(podUid);
  expect(sidecar.statusOf('main').state.terminated?.message).toBe('bye');
});
