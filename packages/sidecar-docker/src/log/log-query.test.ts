import type { LogOptions } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { toLogQuery } from './log-query.ts';

const now = Date.parse('2026-01-01T00:00:10.250Z');

describe('toLogQuery()', () => {
  test.each<[LogOptions, object]>([
    [{}, { stdout: true, stderr: true, follow: false, timestamps: false }],
    [
      { follow: true, timestamps: true },
      { follow: true, timestamps: true },
    ],
    [{ tailLines: 0 }, { tail: '0' }],
    [{ sinceSeconds: 10 }, { since: '1767225600.250000000' }],
    [{ sinceTime: '2026-01-01T00:00:00Z' }, { since: '1767225600.000000000' }],
    [{ sinceTime: '2026-01-01T01:00:00.123456789+01:00' }, { since: '1767225600.123456789' }],
  ])('%j', (options, wanted) => {
    expect(toLogQuery(options, now)).toMatchObject(wanted);
  });
});
