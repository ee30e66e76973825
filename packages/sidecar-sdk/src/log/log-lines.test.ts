import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitBytes } from './limit-bytes.ts';
import { type LogLine, selectLines } from './log-lines.ts';

const now = Date.parse('2027-01-01T00:01:00Z');
const lines: LogLine[] = [0, 20, 40].map((second, index) => ({
  time: `2027-01-01T00:00:${String(second).padStart(2, '0')}.000000001Z`,
  content: Buffer.from(`${index}\n`),
}));
const select = (options: Parameters<typeof selectLines>[1]) =>
  Buffer.concat(selectLines(lines, options, now)).toString();

test.each([
  [{}, '0\n1\n2\n'],
  [{ tailLines: 0 }, ''],
  [{ tailLines: 2 }, '1\n2\n'],
  [{ tailLines: 9 }, '0\n1\n2\n'],
  [{ sinceSeconds: 45 }, '1\n2\n'],
  [{ sinceTime: '2027-01-01T02:00:30+02:00' }, '2\n'],
  [{ sinceSeconds: 45, tailLines: 1 }, '2\n'],
  [{ sinceSeconds: 1 }, ''],
  [{ tailLines: 1, timestamps: true }, '2027-01-01T00:00:40.000000001Z 2\n'],
])('selectLines(%j) gives %j', (options, expected) => {
  expect(select(options)).toBe(expected);
});

test('limitBytes() gives exactly the first bytes, however they are cut', async () => {
  async function* from(chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 8 })),
      fc.integer({ min: 1, max: 40 }),
      async (chunks, limit) => {
        const given = Buffer.concat(await Array.fromAsync(limitBytes(from(chunks), limit)));
        expect(given).toEqual(Buffer.concat(chunks).subarray(0, limit));
        expect(Buffer.concat(await Array.fromAsync(limitBytes(from(chunks), undefined)))).toEqual(
          Buffer.concat(chunks),
        );
      },
    ),
  );
});

test('limitBytes() ends a log without an end', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.from('abc');
  }
  expect(Buffer.concat(await Array.fromAsync(limitBytes(endless(), 6))).toString()).toBe('abcabc');
});
