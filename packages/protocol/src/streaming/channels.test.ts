import fc from 'fast-check';
import { expect, test } from 'vitest';
import { channels, parseFrame, parseResize, renderFrame, renderHalfClose, renderResize } from './channels.ts';

test('parseFrame() reads what renderFrame() writes', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.uint8Array(), (channel, payload) => {
      expect(parseFrame(renderFrame(channel, payload))).toEqual({ channel, payload: Buffer.from(payload) });
    }),
  );
  expect(parseFrame(Buffer.alloc(0))).toBeUndefined();
});

test('renderHalfClose() is the close channel and the channel that ends', () => {
  expect(renderHalfClose(channels.stdin)).toEqual(Buffer.of(255, 0));
});

test('parseResize() reads what renderResize() writes, in Kubernetes’ words', () => {
  const frame = renderResize({ width: 80, height: 25 });
  expect(frame.toString('latin1')).toBe('\u0004{"Width":80,"Height":25}');
  expect(parseResize(frame.subarray(1))).toEqual({ width: 80, height: 25 });
});

test.each([
  '',
  '{',
  'null',
  '{"Width":80}',
  '{"Width":80,"Height":-1}',
  '{"Width":80,"Height":65536}',
  '{"Width":"80"}',
])('parseResize() reads %j as nothing', (text) => {
  expect(parseResize(Buffer.from(text))).toBeUndefined();
});
