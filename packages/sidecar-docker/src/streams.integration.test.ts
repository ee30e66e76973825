import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type { AttachOptions, ExecOptions, PodReference } from '@interlink/sidecar-sdk';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { useEngine } from '../../../test/testbed/docker/engine-turn.ts';
import { createDockerBackend } from './sidecar.ts';
import { untilNothingIsLeft } from './testing/nothing-left.ts';
import { owner, runPod, silent } from './testing/running-pod.ts';

const { docker } = inject('testbed');
const all: AttachOptions = { stdin: true, stdout: true, stderr: true, tty: false };
const terminal: AttachOptions = { stdin: true, stdout: true, stderr: false, tty: true };
const outputs: AttachOptions = { stdin: false, stdout: true, stderr: true, tty: false };
const { signal: never } = new AbortController();
const isRoot = process.getuid?.() === 0;

describe.skipIf(docker === undefined)(
  docker === undefined ? 'streams (skipped: no Docker Engine can run on this machine)' : 'streams',
  () => {
    useEngine(docker?.socket);
    let root = '';
    let backend: Awaited<ReturnType<typeof createDockerBackend>>;
    let pod: PodReference;
    const over = new AbortController();

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'interlink-docker-'));
      const config = { DataRootFolder: root, ExportPodData: true } as Parameters<typeof createDockerBackend>[0];
      backend = await createDockerBackend(config, silent, { DOCKER_HOST: docker?.host });
      const ignore = {
        report: () => undefined,
        gone: () => undefined,
        event: () => undefined,
        relist: () => undefined,
      };
      void backend.watch(ignore, over.signal);
      const env = [{ name: 'GREETING', value: 'a "b" $HOME' }];
      pod = await runPod(backend, 'exec sleep 100000', { env, workingDir: '/tmp' });
    });
    afterAll(async () => {
      await backend.delete(pod, 0);
      await untilNothingIsLeft({ root, of: { owner } });
      over.abort();
      await rm(root, { recursive: true, force: true });
    });

    const exec = async (command: string[], options: AttachOptions = all, signal = never) =>
      await backend.exec(pod, 'main', { command, ...options } satisfies ExecOptions, signal);
    const sh = async (script: string, options?: AttachOptions) => await exec(['sh', '-c', script], options);
    const outputOf = async (script: string) => await text((await sh(script, outputs)).stdout as Readable);

    test('exec() gives both outputs, the exit code, and the container’s environment and folder', async () => {
      const command = await sh('echo "$GREETING"; pwd; echo problem >&2; exit 7', outputs);
      const [out, err] = await Promise.all([text(command.stdout as Readable), text(command.stderr as Readable)]);
      expect([out, err]).toEqual(['a "b" $HOME\n/tmp\n', 'problem\n']);
      expect(await command.ended).toEqual({ exitCode: 7 });
    });

    test('exec() passes 20 MB and its end through a command, whole', async () => {
      const command = await exec(['cat']);
      const sent = randomBytes(20_000_000);
      command.stdin?.end(sent);
      const received = await buffer(command.stdout as Readable);
      expect(createHash('sha256').update(received).digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
      expect(await command.ended).toEqual({ exitCode: 0 });
    });

    test('exec() tells of a program that is not there by its exit code', async () => {
      const command = await exec(['/no/such'], outputs);
      command.stdout?.resume();
      command.stderr?.resume();
      expect(await command.ended).toMatchObject({ exitCode: expect.toSatisfy((code) => code === 126 || code === 127) });
    });

    test('exec() with a terminal gives one, whose size follows', async () => {
      const command = await sh('test -t 0 && echo ready; read line; stty size; exit 5', terminal);
      const output: string[] = [];
      command.stdout?.on('data', (chunk: Buffer) => output.push(String(chunk)));
      await vi.waitFor(() => expect(output.join('')).toContain('ready'), 10_000);
      command.resize({ width: 101, height: 31 });
      const probe = 'for p in /proc/[0-9]*; do stty size < $p/fd/0; done 2>/dev/null | grep -c "31 101"';
      await vi.waitFor(async () => expect(Number(await outputOf(probe))).toBeGreaterThan(0), 10_000);
      command.stdin?.write('\n');
      expect(await command.ended).toEqual({ exitCode: 5 });
      expect(output.join('')).toContain('31 101');
    });

    test.skipIf(!isRoot)('close() hangs up on a command, and kills one that does not heed it', async () => {
      const left = async () => Number(await outputOf('ps | grep -c "slee[p] 98"'));
      for (const [script, options] of [
        ['sleep 9801', all],
        ["trap '' HUP; sleep 9802; sleep 9803", all],
        ['sleep 9804', terminal],
      ] as const) {
        const command = await sh(script, options);
        await vi.waitFor(async () => expect(await left()).toBeGreaterThan(0), 10_000);
        command.close();
        await vi.waitFor(async () => expect(await left()).toBe(0), 10_000);
      }
    });

    const untilTold = 'until [ -e /tmp/end ]; do sleep 0.1; done';
    const tell = async (told: PodReference) => {
      const command = await backend.exec(told, 'main', { ...outputs, command: ['touch', '/tmp/end'] }, never);
      command.stdout?.resume();
      command.stderr?.resume();
      await command.ended;
    };

    test('exec() refuses a container that has ended, and one that is not there', async () => {
      const options = { ...outputs, command: ['true'] };
      await expect(backend.exec(pod, 'other', options, never)).rejects.toMatchObject({ code: 'not_found' });
      const short = await runPod(backend, untilTold);
      onTestFinished(async () => await backend.delete(short, 0));
      await tell(short);
      const notRunning = { code: 'failed_precondition', message: 'container "main" in pod "pod" is not running' };
      await vi.waitFor(
        async () => await expect(backend.exec(short, 'main', options, never)).rejects.toMatchObject(notRunning),
        10_000,
      );
    });

    test('attach() shows what the container writes, gives it input, and leaves it running', async () => {
      const attended = await runPod(backend, 'while read line; do echo "got $line"; done; exit 3', { stdin: true });
      onTestFinished(async () => await backend.delete(attended, 0));
      const first = await backend.attach(attended, 'main', all);
      first.stdin?.write('one\n');
      expect(String(await firstChunk(first.stdout))).toBe('got one\n');
      first.close();
      const second = await backend.attach(attended, 'main', all);
      second.stdin?.write('two\n');
      expect(String(await firstChunk(second.stdout))).toBe('got two\n');
      second.close();
    });

    test('attach() ends with the container, and gives no input to one that takes none', async () => {
      await expect(backend.attach(pod, 'main', all)).rejects.toMatchObject({ code: 'failed_precondition' });
      const short = await runPod(backend, `${untilTold}; echo bye`);
      onTestFinished(async () => await backend.delete(short, 0));
      const attached = await backend.attach(short, 'main', outputs);
      await tell(short);
      expect(await text(attached.stdout as Readable)).toBe('bye\n');
      expect(await attached.ended).toEqual({ exitCode: 0 });
    });

    test('portForward() reaches a server by the pod’s address, half-closes, and says what it can’t reach', async () => {
      const server = await runPod(backend, 'nc -ll -p 8080 -e cat');
      onTestFinished(async () => await backend.delete(server, 0));
      await vi.waitFor(async () => await ping(server, 8080), 10_000);
      await expect(backend.portForward(server, 81, never)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/^Cannot reach port 81 at \d+\.\d+\.\d+\.\d+: connect ECONNREFUSED/),
      });
    });

    test.skipIf(!isRoot)('portForward() reaches a server that listens on the pod’s localhost only', async () => {
      const server = await runPod(backend, 'echo hello > /tmp/page; httpd -f -p 127.0.0.1:8081 -h /tmp');
      onTestFinished(async () => await backend.delete(server, 0));
      await vi.waitFor(async () => {
        const connection = await backend.portForward(server, 8081, never);
        connection.end('GET /page HTTP/1.0\r\n\r\n');
        expect(await text(connection)).toMatch(/^HTTP\/1\.\d 200 OK\r\n[\s\S]*\r\n\r\nhello\n$/);
      }, 10_000);
      await expect(backend.portForward(server, 81, never)).rejects.toMatchObject({
        message: expect.stringMatching(/; Cannot reach port 81 at the pod's localhost: connect ECONNREFUSED/),
      });
    });

    async function ping(server: PodReference, port: number): Promise<void> {
      const connection = await backend.portForward(server, port, never);
      connection.end('ping');
      expect(await text(connection)).toBe('ping');
    }
  },
);

async function firstChunk(stream: Readable | undefined): Promise<Buffer> {
  return await new Promise((resolve) => stream?.once('data', resolve));
}
