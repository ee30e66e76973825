import { InterLinkError } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { ScriptedCommand } from '../../testing/scripted-command.ts';
import { collectCommand } from './collect-command.ts';

const outputs = { stdin: false, stdout: true, stderr: true, tty: false };
const never = new AbortController().signal;

test('collectCommand() gives exit code and output, stdout first', async () => {
  const command = new ScriptedCommand(outputs);
  const collected = collectCommand(command, never);
  command.stderr?.write('bad ');
  command.stdout?.write('good ');
  command.end({ exitCode: 3 });
  expect(await collected).toEqual({ exitCode: 3, output: 'good bad ' });
  expect(command.closes).toBe(0);
});

test('collectCommand() reads on when it has enough, so that the command can end', async () => {
  const command = new ScriptedCommand(outputs);
  const collected = collectCommand(command, never);
  for (let n = 0; n < 100; n += 1) {
    if (command.stdout?.write('x'.repeat(10_000)) === false) {
      await new Promise((resolve) => command.stdout?.once('drain', resolve));
    }
  }
  command.end({ exitCode: 0 });
  expect((await collected).output).toBe('x'.repeat(10_240));
});

test('collectCommand() throws why a command could not be run', async () => {
  const command = new ScriptedCommand(outputs);
  command.end({ error: new InterLinkError('not_found', 'no such program') });
  await expect(collectCommand(command, never)).rejects.toThrow('no such program');
});

test('collectCommand() hangs up when nobody waits any longer', async () => {
  const leaving = new AbortController();
  const command = new ScriptedCommand(outputs);
  const collected = collectCommand(command, leaving.signal);
  leaving.abort(new Error('too late'));
  await expect(collected).rejects.toThrow('too late');
  expect(command.closes).toBe(1);
});
