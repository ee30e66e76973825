import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ExecOptions } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { playAttachment, playCommand } from './exec.ts';
import { parseScript } from './script.ts';

const all = { stdin: true, stdout: true, stderr: true, tty: false };
const { signal: never } = new AbortController();

function play(command: string[], annotations: Record<string, string> = {}, options: Partial<ExecOptions> = {}) {
  const named = Object.entries(annotations).map(([name, value]) => [`mock.interlink.eu/${name}`, value]);
  return playCommand({ ...all, ...options, command }, parseScript(Object.fromEntries(named)), never);
}

test('playCommand() plays cat until the end of its input', async () => {
  const cat = play(['cat']);
  cat.stdin?.end('input');
  expect(await text(cat.stdout as Readable)).toBe('input');
  expect(await cat.ended).toEqual({ exitCode: 0 });
  expect(await play(['cat'], {}, { stdin: false }).ended).toEqual({ exitCode: 0 });
});

test('playCommand() plays head -c N /dev/zero', async () => {
  const head = play(['head', '-c', '200000', '/dev/zero']);
  expect((await text(head.stdout as Readable)).length).toBe(200_000);
  expect(await head.ended).toEqual({ exitCode: 0 });
});

test('playCommand() plays any other by the annotations, or says what it was asked', async () => {
  const scripted = play(['date'], { 'exec-output': 'now', 'exec-exit-code': '3' });
  expect([await text(scripted.stdout as Readable), await scripted.ended]).toEqual(['now', { exitCode: 3 }]);
  const plain = play(['echo', 'a b']);
  expect([await text(plain.stdout as Readable), await plain.ended]).toEqual(['echo a b\n', { exitCode: 0 }]);
});

test('playCommand() ends sleep when it is left, and when the pod ends', async () => {
  const left = play(['sleep', '10']);
  left.close();
  expect(await left.ended).toEqual({ exitCode: 137 });
  const over = new AbortController();
  const sleep = playCommand({ ...all, command: ['sleep', '10'] }, parseScript(undefined), over.signal);
  over.abort();
  expect(await sleep.ended).toEqual({ exitCode: 137 });
});

test('playAttachment() shows the log and gives input back', async () => {
  const attached = playAttachment(all, 'log\n', never);
  attached.stdin?.write('input');
  attached.stdin?.end();
  await new Promise((resolve) => attached.stdin?.once('finish', resolve));
  attached.close();
  expect(await text(attached.stdout as Readable)).toBe('log\ninput');
  expect(await attached.ended).toEqual({ exitCode: 0 });
});
