import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { demultiplex, splitOutput } from './demux.ts';

function frame(stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** The bytes in pieces of the given sizes, over and over. */
async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('demultiplex()', () => {
  test('gives back the payload however the frames are cut', async () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })), { maxLength: 12 });
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(frames, sizes, async (given, pieces) => {
        const bytes = Buffer.concat(given.map(([stream, payload]) => frame(stream, payload)));
        const parts = await Array.fromAsync(demultiplex(cut(bytes, pieces)));
        expect(Buffer.concat(parts)).toEqual(Buffer.concat(given.map(([, payload]) => payload)));
      }),
    );
  });
});

test('splitOutput() tells the streams apart', async () => {
  const bytes = Buffer.concat([frame(1, Buffer.from('out')), frame(2, Buffer.from('err'))]);
  expect(await Array.fromAsync(splitOutput(cut(bytes, [100])))).toEqual([
    { stream: 1, payload: Buffer.from('out') },
    { stream: 2, payload: Buffer.from('err') },
  ]);
});
