import { InterLinkError } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { silent } from '../testing/running-pod.ts';
import { ImageCollector } from './image-collector.ts';
import type { ImageRecord } from './pull-records.ts';

const { signal } = new AbortController();
const thresholds = { high: 80, low: 60 };
const nowMs = Date.parse('2027-01-01T12:00:00Z');

/** An engine whose disk is as full as it has images, 30 per cent each; they were used one hour after another. */
function fullDisk(ids: string[]) {
  const left = new Set(ids);
  const used = new Set<string>();
  const refused = new Set<string>();
  const noted: string[] = [];
  const removed: string[] = [];
  const records = new Map(ids.map((id, hour) => [id, recordOf(id, hour)]));
  const collector = new ImageCollector({
    images: {
      folder: async () => '/engine',
      list: async () => [...left].map((id) => ({ id, tags: [`reg.example.org/${id}:1`], digests: [] })),
      used: async () => used,
      remove: async (name) => {
        const [, id = name] = /\/(\w+):1$/.exec(name) ?? [];
        if (refused.has(id)) throw new InterLinkError('already_exists', 'a container uses it');
        if (!left.delete(id)) throw new InterLinkError('not_found', 'no such image');
        removed.push(id);
      },
    },
    records: {
      all: async () => [...records.values()],
      forget: async (id) => void records.delete(id),
      noteUsed: async (id) => void noted.push(id),
    },
    thresholds,
    logger: silent,
    diskUse: async (folder) => (folder === '/engine' ? left.size * 30 : Number.NaN),
    now: () => nowMs,
  });
  return { collector, used, refused, noted, removed, records };
}

function recordOf(id: string, hour: number): ImageRecord {
  const usedAt = new Date(Date.parse('2027-01-01T00:00:00Z') + hour * 3_600_000).toISOString();
  const access = { [`reg.example.org/${id}`]: { isPublic: true, logins: [] } };
  return { id, isPreloaded: false, isOurs: true, pulledAt: usedAt, usedAt, access };
}

test('ImageCollector removes the least recently used images until the disk is below the low threshold', async () => {
  const { collector, removed, records } = fullDisk(['a', 'b', 'c', 'd']);
  await collector.collect(signal);
  expect(removed).toEqual(['a', 'b', 'c']);
  expect([...records.keys()]).toEqual(['d']);
});

test('ImageCollector removes nothing while the disk is not above the high threshold', async () => {
  const { collector, removed } = fullDisk(['a', 'b']);
  await collector.collect(signal);
  expect(removed).toEqual([]);
});

test('ImageCollector notes what is in use, and leaves it', async () => {
  const { collector, used, noted, removed } = fullDisk(['a', 'b', 'c', 'd']);
  used.add('a');
  await collector.collect(signal);
  expect(noted).toEqual(['a']);
  expect(removed).toEqual(['b', 'c', 'd']);
});

test('ImageCollector goes on when the engine keeps an image', async () => {
  const { collector, refused, removed, records } = fullDisk(['a', 'b', 'c', 'd']);
  refused.add('a');
  await collector.collect(signal);
  expect(removed).toEqual(['b', 'c', 'd']);
  expect([...records.keys()]).toEqual(['a']);
});
