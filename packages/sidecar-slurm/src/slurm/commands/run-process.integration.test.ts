import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ScratchFolder } from '../testing/scratch-folder.ts';
import { runProcess } from './run-process.ts';

const order = { env: { PATH: '/usr/bin:/bin' }, deadlineMs: 30_000, maxOutputBytes: 1_000 };

test('runProcess() gives both outputs and the exit code', async () => {
  const argv = ['sh', '-c', 'echo out; echo err >&2; exit 3'];
  expect(await runProcess({ ...order, argv })).toEqual({
    ending: 'exited',
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

test('runProcess() gives the program its environment and nothing else, and no input', async () => {
  const { stdout } = await runProcess({ ...order, env: { PATH: '/usr/bin:/bin', A: 'b c' }, argv: ['env'] });
  expect(stdout.trim().split('\n').sort()).toEqual(['A=b c', 'PATH=/usr/bin:/bin']);
  expect(await runProcess({ ...order, argv: ['cat'] })).toMatchObject({ exitCode: 0, stdout: '' });
});

test('runProcess() kills the whole group when its deadline passes', async () => {
  using folder = new ScratchFolder();
  const fifo = join(folder.path, 'fifo');
  execFileSync('mkfifo', [fifo]);
  // It ends when nobody is left who could write to it.
  const written = text(createReadStream(fifo));
  const argv = ['sh', '-c', 'exec 3>"$0"; echo begun >&3; sleep 1000 & wait', fifo];
  const output = await runProcess({ ...order, argv, deadlineMs: 3_000 });
  expect(output).toMatchObject({ ending: 'late', exitCode: undefined });
  expect(await written).toBe('begun\n');
});

test('runProcess() kills what writes too much', async () => {
  expect(await runProcess({ ...order, argv: ['yes'] })).toMatchObject({ ending: 'overflow', exitCode: undefined });
});

test('runProcess() tells when something else has killed it', async () => {
  const argv = ['sh', '-c', 'echo out; kill -9 $$'];
  expect(await runProcess({ ...order, argv })).toMatchObject({
    ending: 'killed',
    exitCode: undefined,
    stdout: 'out\n',
  });
});

test('runProcess() does not wait for what outlives the program with its outputs', async () => {
  using folder = new ScratchFolder();
  const fifo = join(folder.path, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const argv = ['sh', '-c', 'setsid sh -c \'read line <"$0"\' "$0" & echo out', fifo];
  expect(await runProcess({ ...order, argv })).toEqual({ ending: 'exited', exitCode: 0, stdout: 'out\n', stderr: '' });
  execFileSync('sh', ['-c', 'echo go >"$0"', fifo]);
});

test.each([
  [['/nonexistent/sbatch'], 'ENOENT'],
  [['/etc/passwd'], 'EACCES'],
  [['echo', 'a\0b'], 'null bytes'],
])('runProcess() of %j starts nothing', async (argv, problem) => {
  const output = await runProcess({ ...order, argv });
  expect(output).toMatchObject({ ending: 'unstarted', exitCode: undefined, stderr: expect.stringContaining(problem) });
});
