import type { LifecycleHandler } from '@interlink/protocol';
import { describe, expect, test } from 'vitest';
import type { ActionTarget } from '../actions/action-target.ts';
import { localTarget } from '../testing/action-target.ts';
import { ManualClock, settle } from '../testing/manual-clock.ts';
import { runHook } from './run-hook.ts';

const never = new AbortController().signal;
const pod = 'p_ns(11111111-1111-4111-8111-111111111111)';
const answering = (exitCode: number): Partial<ActionTarget> => ({ exec: async () => ({ exitCode, output: 'said\n' }) });
const postStart = async (handler: LifecycleHandler, more: Partial<ActionTarget> = {}) =>
  await runHook('postStart', handler, localTarget(1, more), never, new ManualClock());

describe('runHook()', () => {
  test('runs a command as it is', async () => {
    const commands: unknown[] = [];
    const exec = async (command: ReadonlyArray<string>) => {
      commands.push(command);
      return { exitCode: 0, output: '' };
    };
    const outcome = await postStart({ exec: { command: ['sh', '-c', 'echo "$A"'] } }, { exec });
    expect(outcome).toEqual({ result: 'success', message: '', events: [] });
    expect(commands).toEqual([['sh', '-c', 'echo "$A"']]);
  });

  test('says how a command failed, but not in the event', async () => {
    expect(await postStart({ exec: { command: ['a', 'b'] } }, answering(3))).toEqual({
      result: 'failure',
      message: `Exec lifecycle hook ([a b]) for Container "c" in Pod "${pod}" failed - error: command 'a b' exited with 3, message: "said\\n"`,
      events: [{ type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed', container: 'c' }],
    });
    const preStop = await runHook('preStop', { exec: {} }, localTarget(1, answering(1)), never);
    expect(preStop.events).toEqual([
      { type: 'Warning', reason: 'FailedPreStopHook', message: 'PreStopHook failed', container: 'c' },
    ]);
  });

  test('fails where commands can’t be run', async () => {
    expect((await postStart({ exec: { command: ['a'] } })).message).toContain('commands can’t be run');
  });

  test.each<[string, LifecycleHandler]>([
    ['a TCP socket', { tcpSocket: { port: 80 } }],
    ['nothing', {}],
  ])('refuses %s', async (_, handler) => {
    expect(await postStart(handler)).toMatchObject({
      result: 'failure',
      message: 'Cannot run handler: invalid handler: a lifecycle hook is an exec, an httpGet or a sleep',
    });
  });

  test('sleeps as long as it is told to', async () => {
    const clock = new ManualClock();
    let outcome: unknown;
    const running = runHook('preStop', { sleep: { seconds: 5 } }, localTarget(1), never, clock).then((ended) => {
      outcome = ended;
    });
    await clock.advance(4_999);
    expect(outcome).toBeUndefined();
    await clock.advance(1);
    await running;
    expect(outcome).toEqual({ result: 'success', message: '', events: [] });
  });

  test.each<[string, LifecycleHandler]>([
    ['a sleep', { sleep: { seconds: 5 } }],
    ['a command that does not heed it', { exec: { command: ['a'] } }],
    ['a connection', { httpGet: { port: 80 } }],
  ])('leaves %s unfinished when the grace period is over', async (_, handler) => {
    const clock = new ManualClock();
    const grace = new AbortController();
    const hang = async () => await new Promise<never>(() => undefined);
    const target = localTarget(1, { exec: hang, connect: hang });
    const running = runHook('preStop', handler, target, grace.signal, clock);
    await settle();
    grace.abort();
    expect(await running).toEqual({ result: 'unfinished', message: '', events: [] });
    expect(clock.due).toEqual([]);
  });
});
