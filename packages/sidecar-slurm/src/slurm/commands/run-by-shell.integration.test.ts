import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScratchFolder } from '../testing/scratch-folder.ts';
import { runByShell } from './run-by-shell.ts';

const order = { env: { PATH: '/usr/bin:/bin' }, deadlineMs: 30_000, maxOutputBytes: 1_000 };
/** The shell that runs it. */
const whichShell = { ...order, argv: ['sh', '-c', 'echo $PPID'] };

test('runByShell() gives both outputs and the exit code, of one command after the other in the same shell', async () => {
  const run = runByShell();
  const shell = (await run(whichShell)).stdout;
  for (const code of [3, 0, 1]) {
    const argv = ['sh', '-c', 'echo out $0; echo err >&2; exit $0', String(code)];
    const output = { ending: 'exited', exitCode: code, stdout: `out ${code}\n`, stderr: 'err\n' };
    expect(await run({ ...order, argv })).toEqual(output);
  }
  expect((await run(whichShell)).stdout).toBe(shell);
});

test('runByShell() runs commands side by side', async () => {
  using folder = new ScratchFolder();
  const fifo = join(folder.path, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const run = runByShell();
  const reader = run({ ...order, argv: ['cat', fifo] });
  await run({ ...order, argv: ['sh', '-c', 'echo over >"$0"', fifo] });
  expect(await reader).toMatchObject({ stdout: 'over\n' });
});

test('runByShell() gives the program its environment and nothing else, and no input', async () => {
  const run = runByShell();
  const env = { PATH: '/usr/bin:/bin', A: "b'c\nd" };
  const { stdout } = await run({ ...order, env, argv: ['env', '-0'] });
  // bash as /bin/sh adds `_`.
  const found = stdout.split('\0').filter((one) => one !== '' && !one.startsWith('_='));
  expect(found.sort()).toEqual(["A=b'c\nd", 'PATH=/usr/bin:/bin']);
  expect(await run({ ...order, argv: ['env'] })).toMatchObject({ stdout: expect.not.stringContaining('A=') });
  expect(await run({ ...order, argv: ['cat'] })).toMatchObject({ exitCode: 0, stdout: '' });
});

test('runByShell() gives a program every word as it is', async () => {
  const run = runByShell();
  const word = fc.string({ unit: 'binary', maxLength: 60 }).filter((one) => !one.includes('\0'));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (words) => {
      const { stdout } = await run({
        ...order,
        maxOutputBytes: 10_000,
        argv: ['/usr/bin/printf', '%s\\0', '', ...words],
      });
      expect(stdout).toBe(['', ...words].map((one) => `${one}\0`).join(''));
    }),
    { numRuns: 20, examples: [[['$(id)', '`id`', '\n', "'", '\\', '-n', '\n\n; exit 1\n']]] },
  );
});

test('runByShell() reads answers of many megabytes', async () => {
  const argv = ['sh', '-c', 'seq 1 1000000; echo err >&2'];
  const { stdout, stderr } = await runByShell()({ ...order, maxOutputBytes: 10_000_000, argv });
  expect(stdout.length).toBe(6_888_896);
  expect(stdout.endsWith('\n1000000\n')).toBe(true);
  expect(stderr).toBe('err\n');
});

test('runByShell() kills the whole group when its deadline passes, and runs the next command', async () => {
  using folder = new ScratchFolder();
  const fifo = join(folder.path, 'fifo');
  execFileSync('mkfifo', [fifo]);
  // It ends when nobody is left who could write to it.
  const written = text(createReadStream(fifo));
  const run = runByShell();
  const argv = ['sh', '-c', 'exec 3>"$0"; echo begun >&3; echo out; sleep 1000 & wait', fifo];
  const output = await run({ ...order, argv, deadlineMs: 3_000 });
  expect(output).toEqual({ ending: 'late', exitCode: undefined, stdout: 'out\n', stderr: '' });
  expect(await written).toBe('begun\n');
  expect(await run({ ...order, argv: ['echo', 'next'] })).toMatchObject({ stdout: 'next\n' });
});

test('runByShell() kills what writes too much, and runs the next command', async () => {
  const run = runByShell();
  expect(await run({ ...order, argv: ['yes'] })).toMatchObject({ ending: 'overflow', exitCode: undefined });
  expect(await run({ ...order, argv: ['echo', 'next'] })).toMatchObject({ stdout: 'next\n' });
});

test.each([
  ['a program', 'kill -9 $$'],
  ['its shell', 'kill -9 $PPID; sleep 1000'],
])('runByShell() tells when something else has killed %s, and runs the next command', async (_what, script) => {
  const run = runByShell();
  const output = await run({ ...order, argv: ['sh', '-c', script] });
  expect(output).toMatchObject({ ending: 'killed', exitCode: undefined });
  expect(await run({ ...order, argv: ['echo', 'next'] })).toMatchObject({ stdout: 'next\n' });
});

test('runByShell() does not wait for what outlives the program with its outputs, nor read what that says later', async () => {
  using folder = new ScratchFolder();
  const fifo = join(folder.path, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const run = runByShell();
  const script = 'setsid sh -c \'read line <"$0"; echo late; echo >"$0"\' "$0" & echo out';
  const output = await run({ ...order, argv: ['sh', '-c', script, fifo] });
  expect(output).toEqual({ ending: 'exited', exitCode: 0, stdout: 'out\n', stderr: '' });
  await writeFile(fifo, 'go\n');
  await readFile(fifo);
  expect(await run({ ...order, argv: ['true'] })).toMatchObject({ ending: 'exited', exitCode: 0 });
});

test.each([
  [['/nonexistent/sbatch'], 'no such program'],
  [['nonexistent-sbatch'], 'no such program'],
  [['/etc/passwd'], 'may not be run'],
  [['/etc'], 'may not be run'],
  [['echo', 'a\0b'], 'null bytes'],
])('runByShell() of %j starts nothing', async (argv, problem) => {
  const output = await runByShell()({ ...order, argv });
  expect(output).toMatchObject({ ending: 'unstarted', exitCode: undefined, stderr: expect.stringContaining(problem) });
});

const queued = (script: string, isNext: boolean) => ({
  ...order,
  argv: ['sh', '-c', script],
  queue: { name: 'q', isNext },
});

test('runByShell() goes on to the next of a queue when the one before has succeeded, one at a time', async () => {
  using folder = new ScratchFolder();
  const run = runByShell();
  const script = (name: string) =>
    `[ ! -e ${folder.path}/busy ] && touch ${folder.path}/busy && echo ${name} && echo ${name} >&2 && sleep 0.1 && rm ${folder.path}/busy`;
  const names = ['a', 'b', 'c', 'd', 'e'];
  const outputs = await Promise.all(names.map((name, index) => run(queued(script(name), index > 0))));
  expect(outputs).toEqual(
    names.map((name) => ({ ending: 'exited', exitCode: 0, stdout: `${name}\n`, stderr: `${name}\n` })),
  );
  expect((await run(queued('echo f', true))).stdout).toBe('f\n');
});

test.each([
  ['fails', 'exit 3', { ending: 'exited', exitCode: 3 }],
  ['is killed', 'kill -9 $$', { ending: 'killed' }],
])('runByShell() does not begin the next of a queue when the one before %s', async (_what, script, output) => {
  using folder = new ScratchFolder();
  const run = runByShell();
  const trace = join(folder.path, 'trace');
  const outputs = [
    run(queued(script, false)),
    run(queued(`touch ${trace}`, true)),
    run(queued(`touch ${trace}`, true)),
  ];
  expect(await Promise.all(outputs)).toMatchObject([output, { ending: 'unbegun' }, { ending: 'unbegun' }]);
  expect(await run(queued(`touch ${trace}`, true))).toMatchObject({ ending: 'unbegun' });
  expect(existsSync(trace)).toBe(false);
  expect(await run(queued('echo on', false))).toMatchObject({ stdout: 'on\n' });
  expect(await run(queued('echo on', true))).toMatchObject({ stdout: 'on\n' });
});

test('runByShell() lets the time of the next of a queue run once the one before has ended', async () => {
  using folder = new ScratchFolder();
  const run = runByShell();
  const done = join(folder.path, 'done');
  const seen: boolean[] = [];
  const onBegin = () => void seen.push(existsSync(done));
  const outputs = [queued(`sleep 0.2; touch ${done}`, false), queued('true', true)];
  await Promise.all(outputs.map(async (one) => await run({ ...one, onBegin })));
  expect(seen).toEqual([false, true]);
});

test.each([
  ['was late', { ...queued('sleep 1000', false), deadlineMs: 500 }, 'late'],
  ['wrote too much', queued('exec yes', false), 'overflow'],
  ['has ended its shell', queued('kill -9 $PPID; sleep 1000', false), 'killed'],
])('runByShell() knows that the next of a queue has not begun when the one before %s', async (_what, first, ending) => {
  const run = runByShell();
  const outputs = [run(first), run(queued('true', true))];
  expect(await Promise.all(outputs)).toMatchObject([{ ending }, { ending: 'unbegun' }]);
  expect(await run(queued('echo on', false))).toMatchObject({ stdout: 'on\n' });
});

test('runByShell() does not know of the next of a queue that has begun when the one before is given up', async () => {
  using folder = new ScratchFolder();
  const run = runByShell();
  const [go, begun] = [join(folder.path, 'go'), join(folder.path, 'begun')];
  const deadlineMs = 2_000;
  const outputs = [
    run({ ...queued(`until [ -e ${go} ]; do sleep 0.01; done`, false), deadlineMs }),
    run(queued(`touch ${begun}; exec sleep 1000`, true)),
  ];
  const startedAt = performance.now();
  // Until both have happened nothing is read, and timers come before that.
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      writeFileSync(go, '');
      const pause = new Int32Array(new SharedArrayBuffer(4));
      while (!existsSync(begun) || performance.now() < startedAt + deadlineMs + 1) Atomics.wait(pause, 0, 0, 10);
      resolve();
    });
  });
  expect(await Promise.all(outputs)).toMatchObject([{ ending: 'late' }, { ending: 'killed' }]);
});
