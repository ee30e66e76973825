import { expect, test } from 'vitest';
import type { ActionTarget } from '../../actions/action-target.ts';
import { localTarget } from '../../testing/action-target.ts';
import { ManualClock, settle } from '../../testing/manual-clock.ts';
import { runProbe } from './run-probe.ts';

const never = new AbortController().signal;

async function runExec(exec: ActionTarget['exec'], clock = new ManualClock()) {
  const target = localTarget(1, exec === undefined ? {} : { exec });
  return await runProbe({ exec: { command: ['sh', '-c', 'test "$A"'] } }, target, never, clock);
}

test.each([
  [0, 'success'],
  [1, 'failure'],
  [137, 'failure'],
])('runProbe() takes exit code %i for %s', async (exitCode, result) => {
  expect(await runExec(async () => ({ exitCode, output: 'said' }))).toEqual({ result, output: 'said' });
});

test('runProbe() gives the command as it is, and keeps the beginning of what it says', async () => {
  const { output } = await runExec(async (command) => ({
    exitCode: 0,
    output: command.join('|') + '.'.repeat(20_000),
  }));
  expect(output).toMatch(/^sh\|-c\|test "\$A"\.+$/);
  expect(output).toHaveLength(10_240);
});

test('runProbe() tries a command three times that can’t be run, and then knows nothing', async () => {
  let tries = 0;
  const outcome = await runExec(async () => {
    tries += 1;
    throw new Error('the engine is away');
  });
  expect([outcome, tries]).toEqual([{ result: 'unknown', output: 'the engine is away' }, 3]);
  expect((await runExec(undefined)).result).toBe('unknown');
});

test('runProbe() takes a command that does not end in time for a failure, and tells it to stop', async () => {
  const clock = new ManualClock();
  let told: AbortSignal | undefined;
  const running = runExec(async (_, signal) => {
    told = signal;
    return await new Promise<never>(() => undefined);
  }, clock);
  await settle();
  await clock.advance(1_000);
  expect(await running).toEqual({
    result: 'failure',
    output: 'command timed out: "sh -c test \\"$A\\"" timed out after 1s',
  });
  expect(told?.aborted).toBe(true);
  expect(clock.due).toEqual([]);
});

test('runProbe() of a kind that it does not know says so', async () => {
  const outcome = await runProbe({}, localTarget(1), never, new ManualClock());
  expect(outcome.output).toBe('missing probe handler for p_ns(11111111-1111-4111-8111-111111111111):c');
});
