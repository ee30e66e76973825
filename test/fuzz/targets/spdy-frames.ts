import fc from 'fast-check';
import { FrameReader } from '../../../packages/virtual-kubelet/src/streaming/spdy/frame-reader.ts';
import {
  type Frame,
  frameTypes,
  renderControl,
  renderDataHeader,
  renderGoAway,
  renderPing,
  renderReset,
  SpdyError,
} from '../../../packages/virtual-kubelet/src/streaming/spdy/frames.ts';
import { written } from '../corpus.ts';
import { assertSameInParts, type Outcome } from '../in-parts.ts';
import type { Target } from '../target.ts';

const synStream = Buffer.from('80030001010000120000000100000000000078bbe3c6a7c202a2', 'hex');
const data = (id: number, payload: Uint8Array, isLast: boolean) =>
  Buffer.concat([renderDataHeader(id, payload.length, { isLast }), payload]);

const frame = fc.oneof(
  fc
    .tuple(fc.nat(0x7fffffff), fc.uint8Array({ maxLength: 40 }), fc.boolean())
    .map(([id, payload, isLast]) => data(id, payload, isLast)),
  fc
    .tuple(fc.constantFrom(...Object.values(frameTypes)), fc.uint8Array({ maxLength: 30 }))
    .map(([type, payload]) => renderControl(type, Buffer.from(payload))),
);

/** Of data it hands out what has come: parts of one frame are put together again. */
function outcomeOf(chunks: Buffer[]): Outcome {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  let error: unknown;
  try {
    for (const chunk of chunks) for (const frame of reader.read(chunk)) frames.push(frame);
  } catch (thrown) {
    error = thrown;
  }
  return { read: joined(frames), ...(error === undefined ? {} : { error }) };
}

function joined(frames: ReadonlyArray<Frame>): unknown[] {
  const read: Array<{ frame: Frame; parts: Buffer[] }> = [];
  for (const frame of frames) {
    const last = read.at(-1);
    const isPart = frame.kind === 'data' && last?.frame.kind === 'data' && last.frame.streamId === frame.streamId;
    if (isPart && !(last.frame.kind === 'data' && last.frame.isLast)) last.parts.push(frame.payload);
    else read.push({ frame, parts: frame.kind === 'data' ? [frame.payload] : [] });
    const newest = read.at(-1);
    if (newest !== undefined) newest.frame = frame;
  }
  return read.map(({ frame, parts }) => ({ ...frame, payload: Buffer.concat(parts) }));
}

export const spdyFrames: Target = {
  name: 'spdy-frames',
  corpus: written(
    synStream,
    Buffer.concat([
      synStream,
      data(1, Buffer.from('ls -l\n'), false),
      renderPing(7),
      renderReset(1, 5),
      renderGoAway(3),
    ]),
  ),
  structured: fc.array(frame, { maxLength: 6 }).map((frames) => Buffer.concat(frames)),
  read: async (input, random) => await assertSameInParts(input, random, outcomeOf),
  mayThrow: (error) => error instanceof SpdyError,
};
