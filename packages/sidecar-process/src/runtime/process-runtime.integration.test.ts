import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { identifyProcess } from '../runner/process-identity.ts';
import { RuntimePodUnderTest } from '../testing/runtime-pod.ts';
import { startRunner } from './start-runner.ts';
import { takeOrder } from './take-order.ts';

const sh = (script: string) => ['/bin/sh', '-c', script];
const never = new AbortController().signal;

describe('start()', () => {
  test('resolves when the command runs, and runs it once, whoever starts it', async () => {
    await using pod = await RuntimePodUnderTest.make(sh('echo once >> "$HOME/count"; exec sleep 1000'));
    const attempt = await pod.create();
    expect(attempt.state.kind).toBe('created');
    await Promise.all([pod.runtime.start(await pod.read(), attempt), pod.runtime.start(await pod.read(), attempt)]);
    expect((await pod.newest()).state.kind).toBe('running');
    const count = async () => await readFile(`${pod.folder.scratch}/count`, 'utf8').catch(() => '');
    await expect.poll(count).toBe('once\n');
  });

  test('throws in containerd’s words for a program that is not there, which ends the attempt', async () => {
    await using pod = await RuntimePodUnderTest.make(['no-such-program']);
    await expect(pod.start()).rejects.toThrow('exec: "no-such-program": executable file not found in $PATH');
    expect((await pod.newest()).state).toMatchObject({ kind: 'ended', ending: { reason: 'StartError' } });
  });

  test('runs nothing that could not be found again, and says why', async () => {
    await using pod = await RuntimePodUnderTest.make(sh('echo $$ > "$HOME/pid"; exec sleep 1000'));
    await pod.create();
    // What a full disk does to it.
    await mkdir(`${pod.folder.attemptFile('main', 0, 'child')}/in-the-way`, { recursive: true });
    await once(startRunner(pod.folder.attempt('main', 0), pod.folder.path), 'exit');
    const message = expect.stringMatching(/^exec: "\/bin\/sh": .*child\.json/);
    expect((await pod.newest()).state).toMatchObject({ kind: 'ended', ending: { reason: 'StartError', message } });
    const pid = Number(await readFile(`${pod.folder.scratch}/pid`, 'utf8').catch(() => ''));
    expect(pid === 0 ? undefined : identifyProcess(pid)).toBeUndefined();
  });

  test('throws for an attempt whose folder is gone', async () => {
    await using pod = await RuntimePodUnderTest.make(['true']);
    const [attempt, read] = [await pod.create(), await pod.read()];
    await pod.runtime.remove(read);
    await expect(pod.runtime.start(read, attempt)).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('remove()', () => {
  test('takes orders, so that no late runner runs into the void', async () => {
    await using pod = await RuntimePodUnderTest.make(['true']);
    const attempt = await pod.create();
    expect(takeOrder(pod.folder, attempt)).toBe(true);
    await expect(pod.runtime.remove(await pod.read())).resolves.toBeUndefined();
    await expect(pod.read()).rejects.toMatchObject({ code: 'not_found' });
  });

  test('ends what has just been started, and goes the next time', async () => {
    await using pod = await RuntimePodUnderTest.make(['sleep', '1000']);
    await pod.start();
    const read = await pod.read();
    await expect(pod.runtime.remove(read)).rejects.toMatchObject({ code: 'aborted' });
    expect((await pod.untilEnded()).state).toMatchObject({ ending: { exitCode: 137, signal: 9 } });
    await pod.runtime.remove(read);
    await expect(pod.read()).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('removeAttempt() removes an attempt and its log', async () => {
  await using pod = await RuntimePodUnderTest.make(['true']);
  await pod.start();
  const first = await pod.untilEnded();
  await pod.create(1);
  await pod.runtime.removeAttempt(await pod.read(), first);
  expect((await pod.read()).attempts.map(({ number }) => number)).toEqual([1]);
});

describe('terminationMessage()', () => {
  const messageOf = async (pod: RuntimePodUnderTest, source: 'file' | 'logs') => {
    await pod.start();
    return await pod.runtime.terminationMessage(await pod.read(), await pod.untilEnded(), source);
  };

  test.each([
    ['what was written', 'printf "last word" > "$INTERLINK_TERMINATION_LOG"', 'last word'],
    ['the end of what is too long', 'seq 10000 29999 > "$INTERLINK_TERMINATION_LOG"', /^\d{0,5}\n.{4080,}\n29999\n$/s],
    ['nothing where nothing was', 'true', ''],
    ['nothing where the file is gone', 'rm "$INTERLINK_TERMINATION_LOG"', ''],
    ['nothing for a link', 'ln -sf /etc/hostname "$INTERLINK_TERMINATION_LOG"', ''],
    ['nothing for a pipe', 'rm "$INTERLINK_TERMINATION_LOG"; mkfifo "$INTERLINK_TERMINATION_LOG"', ''],
  ])('is %s', async (_, script, message) => {
    await using pod = await RuntimePodUnderTest.make(sh(script));
    const found = await messageOf(pod, 'file');
    expect(Buffer.byteLength(found)).toBeLessThanOrEqual(4_096);
    if (typeof message === 'string') expect(found).toBe(message);
    else expect(found).toMatch(message);
  });

  test('is the last 80 lines of the log, 2 KiB at most', async () => {
    await using short = await RuntimePodUnderTest.make(sh('seq 1000'));
    expect(await messageOf(short, 'logs')).toMatch(/^921\n.*\n1000\n$/s);
    await using long = await RuntimePodUnderTest.make(sh('head -c 9000 /dev/zero | tr "\\0" x; echo end'));
    expect(await messageOf(long, 'logs')).toBe(`${'x'.repeat(2_044)}end\n`);
  });
});

describe('run()', () => {
  const running = async () => {
    const pod = await RuntimePodUnderTest.make(['sleep', '1000']);
    const attempt = await pod.start();
    const run = async (command: string[], signal = never) =>
      await pod.runtime.run({ pod: await pod.read(), attempt, command, signal });
    return { run, pod, [Symbol.asyncDispose]: async () => await pod[Symbol.asyncDispose]() };
  };

  test('gives a command’s exit code and the beginning of both outputs', async () => {
    await using container = await running();
    const { exitCode, output } = await container.run(sh('echo out; echo err >&2; exit 3'));
    expect(exitCode).toBe(3);
    expect(output.split('\n').sort()).toEqual(['', 'err', 'out']);
    expect((await container.run(sh('head -c 100000 /dev/zero'))).output).toHaveLength(10 * 1_024);
  });

  test('throws for a program that is not there, and for a container that has ended', async () => {
    await using container = await running();
    await expect(container.run(['no-such-program'])).rejects.toMatchObject({ code: 'not_found' });
    const { pod } = container;
    await pod.runtime.kill(await pod.read(), await pod.newest());
    await pod.untilEnded();
    await expect(container.run(['true'])).rejects.toMatchObject({ code: 'failed_precondition' });
  });

  test('hangs up on a command when the signal aborts', async () => {
    await using container = await running();
    const giveUp = new AbortController();
    const ran = container.run(sh('echo $$ > "$HOME/pid"; exec sleep 1000'), giveUp.signal);
    const pid = async () => Number(await readFile(`${container.pod.folder.scratch}/pid`, 'utf8').catch(() => '0'));
    await expect.poll(pid).toBeGreaterThan(0);
    giveUp.abort();
    await expect(ran).rejects.toMatchObject({ code: 'cancelled' });
    const command = await pid();
    await expect.poll(() => identifyProcess(command)).toBeUndefined();
  });
});

test('connect() reaches a port of this machine', async () => {
  await using pod = await RuntimePodUnderTest.make(['true']);
  const server = createServer((socket) => socket.end('hello')).listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  const connection = await pod.runtime.connect(await pod.read(), { host: undefined, port: address.port }, never);
  expect(await text(connection)).toBe('hello');
  connection.destroy();
  server.close();
});
