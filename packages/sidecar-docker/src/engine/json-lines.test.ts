import { expect, test } from 'vitest';
import { readJsonLines } from './json-lines.ts';

async function* bytesOf(...texts: ReadonlyArray<string>): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test('readJsonLines() reads a value a line, and leaves out the last one when it is broken', async () => {
  const values = await Array.fromAsync(readJsonLines(bytesOf('{"a":', '1}\n\n{"b":2}', '\n{"c"')));
  expect(values).toEqual([{ a: 1 }, { b: 2 }]);
});

test('readJsonLines() refuses a line in the middle that is no JSON', async () => {
  const reading = Array.fromAsync(readJsonLines(bytesOf('<html>\n', '{}\n')));
  await expect(reading).rejects.toMatchObject({ name: 'InterLinkError', code: 'internal' });
});

test('readJsonLines() refuses a line without an end', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  }
  await expect(Array.fromAsync(readJsonLines(endless()))).rejects.toMatchObject({ code: 'out_of_range' });
});
