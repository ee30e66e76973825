import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InterLinkError } from '../errors/interlink-error.ts';
import { type LogOptions, parseLogQuery, renderLogQuery } from './log-options.ts';

test('parseLogQuery() reads every option and ignores what it does not know', () => {
  const query = {
    follow: 'true',
    previous: 'true',
    timestamps: 'true',
    sinceSeconds: '5',
    tailLines: '0',
    limitBytes: '1',
  };
  expect(parseLogQuery({ ...query, pretty: 'true' })).toEqual({
    follow: true,
    previous: true,
    timestamps: true,
    sinceSeconds: 5,
    tailLines: 0,
    limitBytes: 1,
  });
});

test('parseLogQuery() takes empty values as absent and other words than true as false', () => {
  expect(parseLogQuery({ follow: 'false', previous: 'yes', tailLines: '', sinceTime: '' })).toEqual({});
});

test.each<[Record<string, unknown>, string]>([
  [{ tailLines: 'ten' }, 'invalid_argument'],
  [{ tailLines: '1.5' }, 'invalid_argument'],
  [{ tailLines: ['1', '2'] }, 'invalid_argument'],
  [{ sinceTime: 'yesterday' }, 'invalid_argument'],
  [{ tailLines: '-1' }, 'failed_precondition'],
  [{ limitBytes: '0' }, 'failed_precondition'],
  [{ sinceSeconds: '0' }, 'failed_precondition'],
  [{ sinceSeconds: '1', sinceTime: '2027-01-01T00:00:00Z' }, 'failed_precondition'],
])('parseLogQuery(%j) throws %s', (query, code) => {
  expect(() => parseLogQuery(query)).toThrow(InterLinkError);
  try {
    parseLogQuery(query);
  } catch (error) {
    expect(InterLinkError.from(error).code).toBe(code);
  }
});

test('parseLogQuery() reads back what renderLogQuery() wrote', () => {
  const flag = fc.constant(true as const);
  const options: fc.Arbitrary<LogOptions> = fc.record(
    {
      follow: flag,
      previous: flag,
      timestamps: flag,
      sinceTime: fc.constant('2027-01-01T00:00:00.123456789+02:00'),
      tailLines: fc.nat(),
      limitBytes: fc.integer({ min: 1 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(options, (expected) => {
      const query = Object.fromEntries(new URLSearchParams(renderLogQuery(expected)));
      expect(parseLogQuery(query)).toEqual(expected);
    }),
  );
});
