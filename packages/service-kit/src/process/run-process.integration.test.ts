import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const module = fileURLToPath(new URL('run-process.ts', import.meta.url));

/** Runs `main` as a process; `signals` are sent as soon as it says that it is up. */
async function run(main: string, signals: Array<NodeJS.Signals | 'end of the channel'> = [], isUnread = false) {
  const source = `
    import { runProcess } from ${JSON.stringify(module)};
    import { InterLinkError } from '@interlink/protocol';
    // A server or a timer keeps a real process alive.
    setInterval(() => undefined, 60_000);
    process.exit(await runProcess('thing', async (signal) => { console.log('up'); ${main} }));`;
  const child = spawn(process.execPath, ['--conditions=interlink-source', '--input-type=module', '-e', source], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe', ...(signals.includes('end of the channel') ? (['ipc'] as const) : [])],
  });
  let [stdout, stderr] = ['', ''];
  child.stderr?.on('data', (text) => (stderr += String(text)));
  child.stdout?.on('data', (text) => {
    stdout += String(text);
    const next = signals.shift();
    if (next === 'end of the channel') child.disconnect();
    else if (next !== undefined) child.kill(next);
  });
  if (isUnread) child.stdout?.destroy();
  // A child whose channel was ended here has no `close`.
  const ended = [isUnread ? null : child.stdout, child.stderr].map((stream) => stream && once(stream, 'end'));
  const [[code, signal]] = await Promise.all([once(child, 'exit'), ...ended]);
  return { code, signal, stderr, stdout };
}

test.each([
  ['returns', '', 0, ''],
  ['fails', `throw new Error('disk full')`, 1, 'thing: disk full\n'],
  ['is misused', `throw new InterLinkError('invalid_argument', 'no such key')`, 2, 'thing: no such key\n'],
  ['can’t be reached', `throw new InterLinkError('unavailable', 'port taken')`, 1, 'thing: port taken\n'],
])('runProcess() of a main that %s', async (_, main, code, stderr) => {
  expect(await run(main)).toMatchObject({ code, stderr });
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'end of the channel'] as const)(
  'runProcess() lets main wind up on %s and exits with 0',
  async (signal) => {
    const main = `await new Promise((resolve) => signal.addEventListener('abort', resolve)); console.log('wound up');`;
    const ended = await run(main, [signal]);
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '', stdout: 'up\nwound up\n' });
  },
);

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

test('runProcess() winds up all the same when SIGHUP comes twice, as it does where a shell ends with its terminal', async () => {
  const stopping = `signal.addEventListener('abort', () => console.log('stopping'))`;
  const heard = `process.on('SIGHUP', () => signal.aborted && ++count === 2 && resolve())`;
  const main = `let count = 0; ${stopping}; await new Promise((resolve) => { ${heard}; }); console.log('wound up');`;
  const ended = await run(main, ['SIGHUP', 'SIGHUP']);
  expect(ended).toMatchObject({ code: 0, signal: null, stdout: 'up\nstopping\nwound up\n' });
});
