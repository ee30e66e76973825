import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHealthResponse, renderHealthRequest } from './health-message.ts';

const frame = (...message: number[]) => Buffer.from([0, 0, 0, 0, message.length, ...message]);

describe('renderHealthRequest()', () => {
  test('frames the name of a service', () => {
    expect(renderHealthRequest('')).toEqual(frame());
    expect(renderHealthRequest('ab')).toEqual(frame(0x0a, 2, 0x61, 0x62));
  });

  test('writes the length of long names in several bytes', () => {
    const request = renderHealthRequest('x'.repeat(300));
    expect([...request.subarray(0, 8)]).toEqual([0, 0, 0, 1, 47, 0x0a, 0xac, 0x02]);
    expect(request).toHaveLength(5 + 303);
  });
});

describe('parseHealthResponse()', () => {
  test.each<[string, Buffer, string]>([
    ['no field', frame(), 'UNKNOWN'],
    ['1', frame(0x08, 1), 'SERVING'],
    ['2', frame(0x08, 2), 'NOT_SERVING'],
    ['3', frame(0x08, 3), 'SERVICE_UNKNOWN'],
    ['a number without a name', frame(0x08, 0x80, 1), '128'],
    ['fields that we don’t know', frame(0x12, 2, 0x08, 3, 0x18, 9, 0x08, 1), 'SERVING'],
  ])('reads %s', (_, data, status) => {
    expect(parseHealthResponse(data)).toBe(status);
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'has no message'],
    ['what is compressed', Buffer.from([1, 0, 0, 0, 0]), 'compressed'],
    ['what breaks off', frame(0x08), 'breaks off'],
    ['a wire type that is not used', frame(0x0d, 0, 0, 0, 0), 'wire type 5'],
  ])('refuses %s', (_, data, message) => {
    expect(() => parseHealthResponse(data)).toThrow(message);
  });

  test('ends, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          expect(typeof parseHealthResponse(Buffer.from(bytes))).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
