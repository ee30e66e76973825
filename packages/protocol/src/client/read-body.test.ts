import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readBody, readJson } from './read-body.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());
const limit = { maxBytes: 1_000, timeoutMs: 5_000 };

test('readBody() joins what comes in pieces, characters cut anywhere', async () => {
  const bytes = Buffer.from('ä'.repeat(400));
  const pieces = Array.from(bytes, (byte) => Buffer.of(byte));
  expect(await readBody(Readable.from(pieces), limit)).toBe('ä'.repeat(400));
  expect(vi.getTimerCount()).toBe(0);
});

test('readBody() gives up a body that does not end in its length', async () => {
  let given = 0;
  const endless = new Readable({
    read() {
      given += 100;
      this.push(Buffer.alloc(100));
    },
  });
  await expect(readBody(endless, limit)).rejects.toMatchObject({ code: 'out_of_range' });
  expect(endless.destroyed).toBe(true);
  expect(given).toBeLessThan(200_000);
});

test('readBody() gives up a body that does not end in time', async () => {
  const silent = new Readable({ read: () => undefined });
  const reading = expect(readBody(silent, limit)).rejects.toMatchObject({ code: 'deadline_exceeded' });
  await vi.advanceTimersByTimeAsync(5_000);
  await reading;
  expect(silent.destroyed).toBe(true);
});

test('readJson() does not quote what is no JSON', async () => {
  const reading = readJson(Readable.from([Buffer.from('secret')]), limit);
  await expect(reading).rejects.toMatchObject({ code: 'internal', message: 'The answer of 6 characters is no JSON' });
});
