import { describe, expect, test } from 'vitest';
import type { ListedImage } from '../engine/engine-images.ts';
import { parseThresholds, removableImages } from './collection-plan.ts';
import type { ImageRecord } from './pull-records.ts';

const nowMs = Date.parse('2027-01-01T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(nowMs - minutes * 60_000).toISOString();

function image(id: string, tags = [`reg.example.org/${id}:1`]): ListedImage {
  return { id, tags, digests: [] };
}

function record(id: string, usedMinutesAgo: number, more: Partial<ImageRecord> = {}): ImageRecord {
  const usedAt = minutesAgo(usedMinutesAgo);
  const access = { [`reg.example.org/${id}`]: { isPublic: true, logins: [] } };
  return { id, isPreloaded: false, isOurs: true, pulledAt: usedAt, usedAt, access, ...more };
}

describe('removableImages()', () => {
  const idsOf = (images: ListedImage[], records: ImageRecord[], used: string[] = []) =>
    removableImages({ images, records, used: new Set(used), nowMs }).map(({ id }) => id);

  test('gives those that were pulled here, the least recently used first', () => {
    const images = ['a', 'b', 'c'].map((id) => image(id));
    expect(idsOf(images, [record('a', 10), record('b', 1000), record('c', 100)])).toEqual(['b', 'c', 'a']);
  });

  test('leaves what was not pulled here, or was there before', () => {
    expect(idsOf([image('a')], [])).toEqual([]);
    expect(idsOf([image('a')], [record('a', 10, { isOurs: false })])).toEqual([]);
  });

  test('leaves what a container uses', () => {
    expect(idsOf([image('a'), image('b')], [record('a', 10), record('b', 10)], ['a'])).toEqual(['b']);
  });

  test('leaves what was used in the last two minutes', () => {
    expect(idsOf([image('a'), image('b')], [record('a', 1.99), record('b', 2)])).toEqual(['b']);
  });

  test('leaves what somebody gave a name of his own', () => {
    const images = [
      image('a', ['reg.example.org/a:1', 'mine:1']),
      image('b', ['reg.example.org/b:1', 'reg.example.org/b:2']),
    ];
    expect(idsOf(images, [record('a', 10), record('b', 10)])).toEqual(['b']);
  });

  test('takes one that lost its last tag', () => {
    expect(idsOf([image('a', [])], [record('a', 10)])).toEqual(['a']);
  });
});

describe('parseThresholds()', () => {
  test.each([
    [undefined, undefined, undefined],
    [85, undefined, { high: 85, low: 80 }],
    [3, undefined, { high: 3, low: 0 }],
    [90, 50, { high: 90, low: 50 }],
  ])('reads %s and %s', (high, low, wanted) => {
    expect(parseThresholds(high, low)).toEqual(wanted);
  });

  test.each([
    [undefined, 80, /LowThresholdPercent is 80, and .*High.* is not set/],
    [0, undefined, /HighThresholdPercent is 0: 1 to 100 is wanted/],
    [101, undefined, /HighThresholdPercent is 101/],
    [80, 80, /LowThresholdPercent is 80: less than .*, 80, is wanted/],
  ])('refuses %s and %s', (high, low, message) => {
    expect(() => parseThresholds(high, low)).toThrow(message);
  });
});
