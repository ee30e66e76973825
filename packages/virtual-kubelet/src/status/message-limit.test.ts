import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toApiContainerStatus } from './container-statuses.ts';
import { cutToBytes, messageLimit } from './message-limit.ts';
import { containerStatus } from './testing/statuses.ts';

test.each([
  [1, 4_096],
  [3, 4_096],
  [4, 3_072],
  [10, 1_228],
])('messageLimit() of %i containers is %i bytes: all of them fit into 12 KiB', (containers, bytes) => {
  expect(messageLimit(containers)).toBe(bytes);
});

test('cutToBytes() keeps whole characters, as many as fit', () => {
  expect(cutToBytes('aé€😀', 3)).toBe('aé');
  expect(cutToBytes('aé€😀', 9)).toBe('aé€');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.nat(40), (text, bytes) => {
      const whole = Buffer.from(text).toString();
      const cut = cutToBytes(whole, bytes);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
      expect(whole.startsWith(cut)).toBe(true);
      const next = String.fromCodePoint(whole.codePointAt(cut.length) ?? 0);
      if (cut !== whole) expect(Buffer.byteLength(cut + next)).toBeGreaterThan(bytes);
    }),
  );
});

test('toApiContainerStatus() cuts messages of the state and of the last one', () => {
  const terminated = { exitCode: 1, message: '€'.repeat(100) };
  const status = containerStatus('main', 1, { state: { terminated }, lastState: { terminated } });
  const { state, lastState } = toApiContainerStatus(status, 10);
  expect([state?.terminated?.message, lastState?.terminated?.message]).toEqual(['€€€', '€€€']);
});
