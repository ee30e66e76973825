import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ExecOptions } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { owner, referenceOf, requestOf, stateOf, temporaryFolder } from './testing/pods.ts';
import { RunningBackend } from './testing/running-backend.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let running: RunningBackend;
const { signal: never } = new AbortController();

beforeEach(async () => {
  folder = await temporaryFolder();
  running = await RunningBackend.start(folder.path);
});
afterEach(async () => {
  for (const { report } of await running.backend.list()) {
    await running.backend.delete({ owner, ...report }, 0);
    await running.untilGone(report.uid);
  }
  await running[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A pod that runs, and a way to run commands in it. */
async function startPod(env: Array<{ name: string; value: string }> = []) {
  const request = requestOf([], { containers: [{ name: 'main', command: ['/bin/sleep', '1000'], env }] });
  await running.backend.create(request, owner);
  await running.until(request.pod.metadata.uid, (report) => stateOf(report)?.running !== undefined);
  const exec = async (command: string[], options: Partial<ExecOptions> = {}, signal = never) => {
    const all = { command, stdin: true, stdout: true, stderr: options.tty !== true, tty: false, ...options };
    const started = await running.backend.exec?.(referenceOf(request), 'main', all, signal);
    if (started === undefined) throw new Error('no exec');
    return started;
  };
  return { request, exec };
}

const sh = (script: string) => ['/bin/sh', '-c', script];

/** Whether a process runs with this word among its arguments. */
function isRunning(word: string): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
      } catch {
        return false;
      }
    });
}

test('exec() gives a command both outputs, its exit code, and the container’s environment and folder', async () => {
  const { exec } = await startPod([{ name: 'GREETING', value: 'a "b" $HOME' }]);
  const command = await exec(sh('echo "$GREETING"; pwd; echo problem >&2; exit 7'));
  const [out, err] = await Promise.all([text(command.stdout as Readable), text(command.stderr as Readable)]);
  expect([out.split('\n')[0], err]).toEqual(['a "b" $HOME', 'problem\n']);
  expect(out).toContain('/scratch\n');
  expect(await command.ended).toEqual({ exitCode: 7 });
});

test('exec() passes input on until its end, and tells the signal that ended a command', async () => {
  const { exec } = await startPod();
  const cat = await exec(['/bin/cat']);
  cat.stdin?.end('input');
  expect(await text(cat.stdout as Readable)).toBe('input');
  expect(await cat.ended).toEqual({ exitCode: 0 });
  const killed = await exec(sh('kill -9 $$'));
  expect(await killed.ended).toEqual({ exitCode: 137 });
});

test('exec() tells of a program that is not there', async () => {
  const { exec } = await startPod();
  const missing = { code: 'not_found', message: 'exec: "/no/such": executable file not found in $PATH' };
  expect(await (await exec(['/no/such'])).ended).toMatchObject({ error: missing });
});

test('exec() ends what the command left behind, whatever holds its output', async () => {
  const { exec } = await startPod();
  const command = await exec(sh('sleep 1001 & setsid sleep 2 & echo done'));
  expect(await text(command.stdout as Readable).catch(() => 'cut off')).toMatch(/done|cut off/);
  expect(await command.ended).toEqual({ exitCode: 0 });
  await vi.waitFor(() => expect(isRunning('1001')).toBe(false), 10_000);
});

test('close() hangs up on a command, and kills one that does not heed it', async () => {
  const { exec } = await startPod();
  const command = await exec(sh("trap '' HUP; sleep 1002; sleep 1003"));
  await vi.waitFor(() => expect(isRunning('1002')).toBe(true), 10_000);
  command.close();
  await command.ended;
  await vi.waitFor(() => expect([isRunning('1002'), isRunning('1003')]).toEqual([false, false]), 10_000);
});

test('a command ends with its container', async () => {
  const { request, exec } = await startPod();
  const command = await exec(['/bin/sleep', '1004']);
  await running.backend.delete(referenceOf(request), 0);
  expect(await command.ended).toEqual({ exitCode: 137 });
});

test('exec() refuses a container that has ended', async () => {
  const request = requestOf(['/bin/true']);
  await running.backend.create(request, owner);
  await running.until(request.pod.metadata.uid, (report) => stateOf(report)?.terminated !== undefined);
  const options = { command: ['/bin/true'], stdin: false, stdout: true, stderr: true, tty: false };
  await expect(running.backend.exec?.(referenceOf(request), 'main', options, never)).rejects.toMatchObject({
    code: 'failed_precondition',
  });
});

test('exec() with a terminal gives one, whose size follows', async () => {
  const { exec } = await startPod([{ name: 'SHELL', value: "/own 'shell'" }]);
  const command = await exec(sh('test -t 0 && test -t 1 && echo "$SHELL"; read line; stty size; exit 5'), {
    tty: true,
  });
  command.resize({ width: 10, height: 10 });
  command.resize({ width: 101, height: 31 });
  const output: string[] = [];
  command.stdout?.on('data', (chunk: Buffer) => output.push(String(chunk)));
  await vi.waitFor(() => expect(output.join('')).toContain("/own 'shell'"), 10_000);
  // The shell shows its size only after both have arrived.
  await vi.waitFor(async () => expect(await sizeOf(exec)).toBe('31 101'), { timeout: 10_000 });
  command.stdin?.write('\n');
  expect(await command.ended).toEqual({ exitCode: 5 });
  expect(output.join('')).toContain('31 101');
});

/** The size of the only other terminal that a command of the pod has. */
async function sizeOf(exec: Awaited<ReturnType<typeof startPod>>['exec']): Promise<string> {
  const find =
    'for p in /proc/[0-9]*; do case "$(tr "\\0" " " < $p/cmdline 2>/dev/null)" in *"test -t 0"*) stty size < $p/fd/0 2>/dev/null;; esac; done';
  const command = await exec(sh(`${find} | grep -v '^0 0' | head -n 1`), { stdin: false, stderr: false });
  return (await text(command.stdout as Readable)).trim();
}

test('close() hangs up on a command with a terminal, and kills one that does not heed it', async () => {
  const { exec } = await startPod();
  for (const script of ['sleep 1005', "trap '' HUP; sleep 1005; sleep 1006"]) {
    const command = await exec(sh(script), { tty: true });
    await vi.waitFor(() => expect(isRunning('1005')).toBe(true), 10_000);
    command.close();
    await command.ended;
    await vi.waitFor(() => expect(isRunning('1005') || isRunning('1006')).toBe(false), { timeout: 10_000 });
  }
});

test('portForward() reaches a port of this machine, and says which it can’t', async () => {
  const { request } = await startPod();
  const server: Server = createServer((socket) => void socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const connection = await running.backend.portForward?.(referenceOf(request), port, never);
  expect(await text(connection as Readable)).toBe('hello');
  connection?.destroy();
  await new Promise((resolve) => server.close(resolve));
  await expect(running.backend.portForward?.(referenceOf(request), port, never)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(`Cannot reach port ${port} at localhost`),
  });
});
