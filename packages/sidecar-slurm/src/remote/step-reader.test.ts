import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepReader } from './step-reader.ts';

async function read(reader: StepReader, length: number): Promise<string> {
  return Buffer.concat(await Array.fromAsync(reader.bytes(length))).toString('latin1');
}

test('StepReader gives lines and the bytes behind them, however they are cut', async () => {
  const parts = fc.array(fc.tuple(fc.stringMatching(/^[a-z ]{0,20}$/), fc.uint8Array({ maxLength: 50 })));
  await fc.assert(
    fc.asyncProperty(parts, fc.integer({ min: 1, max: 30 }), async (messages, size) => {
      const all = Buffer.concat(messages.flatMap(([line, bytes]) => [Buffer.from(`${line}\n`), Buffer.from(bytes)]));
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
        all.subarray(i * size, (i + 1) * size),
      );
      const reader = new StepReader(Readable.from(chunks));
      for (const [line, bytes] of messages) {
        expect(await reader.line()).toBe(line);
        expect(await read(reader, bytes.length)).toBe(Buffer.from(bytes).toString('latin1'));
      }
      expect(await reader.line()).toBeUndefined();
    }),
  );
});

test('StepReader has no line where the end came before it, and no bytes that were not all there', async () => {
  expect(await new StepReader(Readable.from([Buffer.from('half a li')])).line()).toBeUndefined();
  await expect(read(new StepReader(Readable.from([Buffer.from('abc')])), 4)).rejects.toThrow('within a message');
});

test('StepReader takes no line that is longer than any message', async () => {
  const long = Buffer.alloc(10_000, 'x');
  await expect(new StepReader(Readable.from([long])).line()).rejects.toThrow('no message');
  const whole = Buffer.concat([long, Buffer.from('\n')]);
  await expect(new StepReader(Readable.from([whole])).line()).rejects.toThrow('no message');
});
