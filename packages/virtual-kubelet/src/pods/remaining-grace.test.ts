import type { Pod } from '@interlink/kube';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { remainingGraceSeconds } from './remaining-grace.ts';

const asked = '2026-01-01T00:00:00Z';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(asked), toFake: ['Date', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

type Metadata = NonNullable<Pod['metadata']>;

function deletion(deletionTimestamp: string, deletionGracePeriodSeconds: number): Metadata {
  return { deletionTimestamp, deletionGracePeriodSeconds };
}

test.each<[what: string, metadata: Metadata, seenMsAgo: number | undefined, seconds: number]>([
  ['counts from when the deletion was seen, in whole seconds', deletion(asked, 30), 12_300, 18],
  ['goes by the API server’s clock before this process looked', deletion('2026-01-01T00:00:20Z', 30), undefined, 20],
  ['never gives more than was granted', deletion('2026-01-01T01:00:00Z', 30), undefined, 30],
  ['leaves a second for TERM once it is over', deletion(asked, 30), 60_000, 1],
  ['is 0 when the user asked for 0', deletion(asked, 0), 0, 0],
  ['is 0 without a deletion', {}, undefined, 0],
])('remainingGraceSeconds() %s', (_what, metadata, seenMsAgo, seconds) => {
  const deletionSeenMs = seenMsAgo === undefined ? undefined : performance.now() - seenMsAgo;
  expect(remainingGraceSeconds({ pod: { metadata }, deletionSeenMs })).toBe(seconds);
});
