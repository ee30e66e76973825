import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNdjson, renderNdjson } from './ndjson.ts';

async function* chunksOf(bytes: Buffer, cuts: ReadonlyArray<number>): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, place] of places.slice(1).entries()) yield bytes.subarray(places[index], place);
}

test('parseNdjson() gives the same records wherever the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.array(fc.nat()), async (values, cuts) => {
      const records: unknown[] = values.map((value) => JSON.parse(JSON.stringify({ value, text: 'ü\n€😀' })));
      const bytes = Buffer.from(records.map(renderNdjson).join(''));
      expect(await Array.fromAsync(parseNdjson(chunksOf(bytes, cuts)))).toEqual(records);
    }),
  );
});

test('parseNdjson() skips blank lines and drops a record that is cut off', async () => {
  const bytes = Buffer.from('\n{"a":1}\n\n{"b":');
  expect(await Array.fromAsync(parseNdjson(chunksOf(bytes, [])))).toEqual([{ a: 1 }]);
});

test('parseNdjson() refuses a line without an end', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  }
  await expect(Array.fromAsync(parseNdjson(endless()))).rejects.toMatchObject({ code: 'out_of_range' });
});

test('parseNdjson() refuses a line that is no JSON, in its own words, which quote nothing', async () => {
  const error = await Array.fromAsync(parseNdjson(chunksOf(Buffer.from('{hunter2]\n'), []))).catch((e: unknown) => e);
  expect(error).toMatchObject({ name: 'InterLinkError', code: 'internal' });
  expect(String(error)).not.toContain('hunter2');
});

test('parseNdjson() puts a long line together from drips, each byte of which is copied a few times only', async () => {
  const text = JSON.stringify({ message: 'x'.repeat(500_000) });
  async function* drips(): AsyncGenerator<Uint8Array> {
    for (const byte of Buffer.from(`${text}\n{"next":1}\n`)) yield Buffer.of(byte);
  }
  expect(await Array.fromAsync(parseNdjson(drips()))).toEqual([JSON.parse(text), { next: 1 }]);
});
