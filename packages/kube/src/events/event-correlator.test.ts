import { describe, expect, it } from 'vitest';
import { EventCorrelator, type Happening } from './event-correlator.ts';

const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'ns', name: 'p', uid: 'u' };
const happening = (message: string, more: Partial<Happening> = {}): Happening => ({
  ref,
  type: 'Normal',
  reason: 'Pulling',
  message,
  ...more,
});

function startCorrelator() {
  const clock = { ms: 1_700_000_000_000 };
  return { clock, correlator: new EventCorrelator(() => clock.ms) };
}

describe('EventCorrelator.observe()', () => {
  it('counts what is told again and keeps its name', () => {
    const { clock, correlator } = startCorrelator();
    const first = correlator.observe(happening('x'));
    clock.ms += 5_000;
    const second = correlator.observe(happening('x'));
    expect(second).toMatchObject({
      key: first?.key,
      name: first?.name,
      count: 2,
      firstAt: 1_700_000_000_000,
      lastAt: 1_700_000_005_000,
    });
  });

  it.each([
    ['message', happening('y')],
    ['reason', happening('x', { reason: 'Pulled' })],
    ['type', happening('x', { type: 'Warning' })],
    ['object', happening('x', { ref: { ...ref, uid: 'v' } })],
    ['field', happening('x', { ref: { ...ref, fieldPath: 'spec.containers{c}' } })],
  ])('takes another %s for another event', (_what, other) => {
    const { correlator } = startCorrelator();
    const first = correlator.observe(happening('x'));
    const second = correlator.observe(other);
    expect(second?.count).toBe(1);
    expect(second?.key).not.toBe(first?.key);
    expect(second?.name).not.toBe(first?.name);
  });

  it('combines more than ten similar ones within ten minutes', () => {
    const { clock, correlator } = startCorrelator();
    const seen = Array.from({ length: 12 }, (_, i) => correlator.observe(happening(`message ${i}`)));
    expect(seen.map((observation) => observation?.message.startsWith('(combined from similar events): '))).toEqual([
      ...Array(9).fill(false),
      true,
      true,
      true,
    ]);
    expect(seen.map((observation) => observation?.count).slice(9)).toEqual([1, 2, 3]);
    clock.ms += 600_001;
    expect(correlator.observe(happening('message 99'))?.message).toBe('message 99');
  });

  it('drops a flood after 25 events of one object, and lets one through every five minutes', () => {
    const { clock, correlator } = startCorrelator();
    const flood = () =>
      Array.from({ length: 100 }, () => correlator.observe(happening('x'))).filter((o) => o !== undefined).length;
    expect(flood()).toBe(25);
    clock.ms += 300_000;
    expect(flood()).toBe(1);
    expect(correlator.observe(happening('x', { ref: { ...ref, name: 'other', uid: 'o' } }))?.count).toBe(1);
  });

  it('keeps names valid for objects with the longest of names', () => {
    const { correlator } = startCorrelator();
    const long = correlator.observe(happening('x', { ref: { ...ref, name: `${'a'.repeat(235)}.${'b'.repeat(17)}` } }));
    expect(long?.name.length).toBeLessThanOrEqual(253);
    expect(long?.name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
  });
});
