import { closeSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { findTail, LogReader, parseLogRecord } from '@interlink/sidecar-sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineClock, LogWriter } from '../runner/log-writer.ts';
import { temporaryFolder } from '../testing/pods.ts';

const clock = () => createLineClock(() => Date.parse('2027-01-01T00:00:00.123Z'));

test('LogReader gives back every byte that LogWriter was given, however it was cut', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'log');
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom('\n', 'a\n', '\n\n', 'x'.repeat(20_000), `${'y'.repeat(40_000)}\n`)
      .map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(chunk), async (chunks) => {
      const descriptor = openSync(path, 'w');
      const writer = new LogWriter(descriptor, clock());
      for (const each of chunks) writer.write('stdout', Buffer.from(each));
      writer.end();
      closeSync(descriptor);
      expect(await readAll(path)).toEqual(Buffer.concat(chunks));
    }),
    { numRuns: 50 },
  );
});

test('LogReader leaves a record that is still being written for the next reading', async () => {
  await using folder = await temporaryFolder();
  await using file = await open(join(folder.path, 'log'), 'w+');
  const reader = new LogReader(file, 0);
  const available = async () =>
    (await Array.fromAsync(reader.readAvailable())).flat().map(({ content }) => `${content}`);
  await file.write('2027-01-01T00:00:00Z stdout F one\n2027-01-01T00:00:01Z std');
  expect(await available()).toEqual(['one\n']);
  await file.write('err F two\n');
  expect(await available()).toEqual(['two\n']);
});

test('findTail() finds the last lines across blocks', async () => {
  await using folder = await temporaryFolder();
  await using file = await open(join(folder.path, 'log'), 'w+');
  const lines = Array.from({ length: 9_000 }, (_, index) => `2027-01-01T00:00:00Z stdout F ${index}\n`);
  await file.write(lines.join(''));
  for (const count of [0, 1, 2, 5_000, 9_000, 10_000]) {
    const { offset, missing } = await findTail(file, count);
    expect(missing).toBe(Math.max(0, count - 9_000));
    expect(lines.join('').length - offset).toBe(lines.slice(Math.max(0, 9_000 - count)).join('').length);
  }
});

test('parseLogRecord() keeps a part without a newline and refuses what is no record', () => {
  expect(parseLogRecord(Buffer.from('2027-01-01T00:00:00Z stdout P a b'))).toEqual({
    time: '2027-01-01T00:00:00Z',
    content: Buffer.from('a b'),
  });
  expect(parseLogRecord(Buffer.from('chatter'))).toBeUndefined();
});

test('createLineClock() gives each line a later time, in nanoseconds', () => {
  const now = clock();
  expect([now(), now()]).toEqual(['2027-01-01T00:00:00.123000000Z', '2027-01-01T00:00:00.123000001Z']);
});

async function readAll(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  const lines = (await Array.fromAsync(new LogReader(file, 0).readAvailable())).flat();
  return Buffer.concat(lines.map(({ content }) => content));
}
