import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('run-process.ts', import.meta.url));

/** Runs `main` as a process; `signals` are sent as soon as it says that it is up. */
async function run(main: string, signals: NodeJS.Signals[] = [], isUnread = false) {
  const source = `
    import { runProcess } from ${JSON.stringify(module)};
    import { InterLinkError } from '@interlink/protocol';
    // A server or a timer keeps a real process alive.
    setInterval(() => undefined, 60_000);
    process.exit(await runProcess('thing', async (signal) => { console.log('up'); ${main} }));`;
  const child = spawn(process.execPath, ['--conditions=interlink-source', '--input-type=module', '-e', source], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (text) => (stderr += String(text)));
  child.stdout.on('data', (text) => {
    stdout += String(text);
    const next = signals.shift();
    if (next !== undefined) child.kill(next);
  });
  if (isUnread) child.stdout.destroy();
  return await new Promise<{ code: number | null; signal: string | null; stderr: string; stdout: string }>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stderr, stdout })),
  );
}

test.each([
  ['returns', '', 0, ''],
  ['fails', `throw new Error('disk full')`, 1, 'thing: disk full\n'],
  ['is misused', `throw new InterLinkError('invalid_argument', 'no such key')`, 2, 'thing: no such key\n'],
  ['can’t be reached', `throw new InterLinkError('unavailable', 'port taken')`, 1, 'thing: port taken\n'],
])('runProcess() of a main that %s', async (_, main, code, stderr) => {
  expect(await run(main)).toMatchObject({ code, stderr });
});

test.each(['SIGTERM', 'SIGINT'] as const)('runProcess() lets main wind up on %s and exits with 0', async (signal) => {
  const main = `await new Promise((resolve) => signal.addEventListener('abort', resolve)); console.log('wound up');`;
  const ended = await run(main, [signal]);
  expect(ended).toMatchObject({ code: 0, signal: null, stderr: '', stdout: 'up\nwound up\n' });
});

test('runProcess() takes what main throws because it was told to stop for an ordinary end', async () => {
  const main = `await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));`;
  expect(await run(main, ['SIGTERM'])).toMatchObject({ code: 0, stderr: '' });
});

test('runProcess() lets main wind up when nobody reads what it prints any more, and exits with 0', async () => {
  const main = `await new Promise((resolve) => signal.addEventListener('abort', resolve)); console.error('wound up');`;
  expect(await run(main, [], true)).toMatchObject({ code: 0, signal: null, stderr: 'wound up\n' });
});

test('runProcess() ends at once at a second signal', async () => {
  const main = `signal.addEventListener('abort', () => console.log('stopping')); await new Promise(() => undefined);`;
  expect(await run(main, ['SIGTERM', 'SIGTERM'])).toMatchObject({ code: null, signal: 'SIGKILL' });
});
