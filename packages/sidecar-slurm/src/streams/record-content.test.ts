import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { recordContent } from './record-content.ts';

const time = '2027-01-01T00:00:00.000000000Z';
const log = `${time} stdout F one\n${time} stderr P name? \n${time} stdout F \n${time} stdout P $ \n`;

test.each([1, 7, 1_000])('recordContent() gives what was said, when records come %i bytes at a time', async (size) => {
  const bytes = Buffer.from(log);
  const count = Math.ceil(bytes.length / size);
  const chunks = Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
  const said = await Array.fromAsync(recordContent(Readable.from(chunks)));
  expect(Buffer.concat(said).toString()).toBe('one\nname? \n$ ');
});

test('recordContent() passes over a record without an end, and keeps nothing of it', async () => {
  const record = (content: string) => Buffer.from(`${time} stdout F ${content}\n`);
  const contentOf = async (...chunks: Buffer[]) =>
    Buffer.concat(await Array.fromAsync(recordContent(Readable.from(chunks)))).toString();
  const long = record('x'.repeat(2 * 1024 * 1024));
  const halves = [long.subarray(0, 1_500_000), long.subarray(1_500_000)];
  expect(await contentOf(record('one'), ...halves, record('two'))).toBe('one\ntwo\n');
  expect(await contentOf(Buffer.concat([long, record('two')]))).toBe('two\n');
});
