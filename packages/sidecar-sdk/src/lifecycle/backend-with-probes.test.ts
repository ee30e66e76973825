import { PassThrough } from 'node:stream';
import type { Container } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { containerStarted, targetOf } from '../../../../examples/backend-with-probes/watch-container.ts';
import { ScriptedCommand } from '../testing/scripted-command.ts';
import { ProbeWorkers } from './probes/probe-workers.ts';
import { ManualClock } from './testing/manual-clock.ts';

const pod = { owner: { cluster: 'c', node: 'n' }, uid: 'u', namespace: 'ns', name: 'p' };
const ended = new AbortController().signal;

/** A backend in whose containers `true` is the only command that succeeds, and port 80 the only one that is open. */
const backend = {
  exec: async (_pod: unknown, _container: string, options: { command: ReadonlyArray<string> }) => {
    const command = new ScriptedCommand({ stdin: false, stdout: true, stderr: true, tty: false });
    command.end({ exitCode: options.command[0] === 'true' ? 0 : 1 });
    return command;
  },
  portForward: async (_pod: unknown, port: number) => {
    if (port === 80) return new PassThrough();
    throw new Error('closed');
  },
};

/** What its probes say of a container a second after its start, and why it must be ended. */
async function start(container: Container) {
  const clock = new ManualClock();
  const told: string[] = [];
  const workers = new ProbeWorkers({
    clock,
    onChange: () => undefined,
    onEvent: (key, { message }) => told.push(`${key}: ${message}`),
  });
  const target = targetOf(backend, pod, container);
  const why = await containerStarted(workers, container, { target, startedAtMs: 0, ended });
  await clock.advance(1_000);
  return { why, told, ready: workers.stateOf('u/c').ready };
}

test('the example runs hooks and probes with a backend’s exec and portForward', async () => {
  const postStart = { exec: { command: ['true'] } };
  const good = { name: 'c', lifecycle: { postStart }, readinessProbe: { tcpSocket: { port: 80 } } };
  expect(await start(good)).toEqual({ why: undefined, told: [], ready: true });
  expect((await start({ ...good, readinessProbe: postStart })).ready).toBe(true);
  expect((await start({ ...good, lifecycle: { postStart: { exec: { command: ['false'] } } } })).why).toContain(
    'exited with 1',
  );
});

test('the example lets no pod’s author probe other hosts', async () => {
  const { ready, told } = await start({ name: 'c', readinessProbe: { tcpSocket: { port: 80, host: '10.0.0.1' } } });
  expect(ready).toBe(false);
  expect(told).toEqual([
    'u/c: Readiness probe failed: dial tcp 10.0.0.1:80: only the pod itself is probed here, and not host 10.0.0.1',
  ]);
});
