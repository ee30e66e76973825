import { describe, expect, it } from 'vitest';
import { readLogQuery } from './log-query.ts';

describe('readLogQuery()', () => {
  it.each([
    ['', {}],
    ['follow=true&previous=true&timestamps=true', { follow: true, previous: true, timestamps: true }],
    ['follow=false', {}],
    ['tailLines=0', { tailLines: 0 }],
    ['tail=7', { tailLines: 7 }],
    ['tail=all&tailLines=3', {}],
    ['tailLines=1&tailLines=2', { tailLines: 1 }],
    ['sinceSeconds=5&limitBytes=1', { sinceSeconds: 5, limitBytes: 1 }],
    ['sinceTime=2026-01-01T01%3A00%3A00%2B01%3A00', { sinceTime: '2026-01-01T01:00:00+01:00' }],
    ['stream=All&other=1', {}],
  ])('reads %j', (query, options) => {
    expect(readLogQuery(query)).toEqual({ options });
  });

  it.each([
    ['tailLines=x', 400],
    ['tail=x', 400],
    ['sinceTime=yesterday', 400],
    ['stream=Stdout', 400],
    ['tailLines=-1', 422],
    ['sinceSeconds=0', 422],
    ['limitBytes=0', 422],
    ['sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z', 422],
  ])('refuses %j with %i', (query, status) => {
    expect(readLogQuery(query).refusal).toMatchObject({ status, text: expect.stringMatching(/\w/) });
  });
});
