import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from './frame-reader.ts';
import {
  type Frame,
  frameTypes,
  renderControl,
  renderDataHeader,
  renderGoAway,
  renderPing,
  renderReset,
} from './frames.ts';

function readAll(bytes: Buffer, cuts: readonly number[] = []): Frame[] {
  const reader = new FrameReader();
  const ends = [...new Set(cuts.filter((cut) => cut < bytes.length)), bytes.length].sort((a, b) => a - b);
  return ends.flatMap((end, index) => [...reader.read(bytes.subarray(ends[index - 1] ?? 0, end))]);
}

/** Parts of a data frame joined again. */
function join(frames: readonly Frame[]): Frame[] {
  const joined: Frame[] = [];
  for (const frame of frames) {
    const last = joined.at(-1);
    const isPart = frame.kind === 'data' && last?.kind === 'data' && last.streamId === frame.streamId;
    if (!isPart) joined.push(frame);
    else joined[joined.length - 1] = { ...frame, payload: Buffer.concat([last.payload, frame.payload]) };
  }
  return joined;
}

const id = fc.integer({ min: 1, max: 0x7fffffff });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const frame = fc.oneof(
  fc.tuple(id, bytes, fc.boolean()).map(([streamId, payload, isLast]) => ({
    bytes: Buffer.concat([renderDataHeader(streamId, payload.length, { isLast }), payload]),
    frame: { kind: 'data', streamId, payload, isLast } as Frame,
  })),
  fc.tuple(id, id).map(([streamId, status]) => ({
    bytes: renderReset(streamId, status),
    frame: { kind: 'rstStream', streamId, status } as Frame,
  })),
  id.map((value) => ({ bytes: renderPing(value), frame: { kind: 'ping', id: value } as Frame })),
  id.map((value) => ({ bytes: renderGoAway(value), frame: { kind: 'goAway' } as Frame })),
);

describe('FrameReader', () => {
  it('reads back what was rendered, however it was cut', () => {
    const cuts = fc.array(fc.nat(3_000), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 10 }), cuts, (frames, at) => {
        const read = readAll(Buffer.concat(frames.map((one) => one.bytes)), at);
        const apart = frames.map((one) => one.frame);
        expect(join(read)).toEqual(join(apart));
      }),
    );
  });

  it('never throws anything but SpdyError, and keeps little, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.array(fc.nat(2_000)), (noise, cuts) => {
        try {
          readAll(Buffer.from(noise), cuts);
        } catch (error) {
          expect(error).toMatchObject({ name: 'SpdyError' });
        }
      }),
    );
  });

  it('reads a SYN_STREAM as kubectl sends it', () => {
    const recorded = Buffer.from('80030001010000120000000100000000' + '0000' + '78bbe3c6a7c202a2', 'hex');
    expect(readAll(recorded)).toEqual([{ kind: 'synStream', streamId: 1, block: recorded.subarray(18), isLast: true }]);
  });

  it('hands out the start of a long data frame at once', () => {
    const [part] = readAll(Buffer.concat([renderDataHeader(5, 16_777_215, { isLast: true }), Buffer.from('start')]));
    expect(part).toEqual({ kind: 'data', streamId: 5, payload: Buffer.from('start'), isLast: false });
  });

  it.each([
    ['another version', Buffer.from('80020006000000040000000a', 'hex'), /version 2/],
    ['an unknown type', renderControl(77, Buffer.alloc(4)), /type 77/],
    ['a short frame', renderControl(frameTypes.rstStream, Buffer.alloc(7)), /too short/],
    ['a control frame beyond 64 KiB', renderControl(frameTypes.headers, Buffer.alloc(65_537)), /too long/],
  ])('refuses %s', (_name, frames, message) => {
    expect(() => readAll(frames)).toThrow(message);
  });
});
