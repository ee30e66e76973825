import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyStrategicMerge } from '../testing/apply-strategic-merge.ts';
import { twoWayMergePatch } from './strategic-merge.ts';

const KEYS = { conditions: 'type', 'status.ips': 'ip' };

describe('twoWayMergePatch()', () => {
  it('is undefined when nothing changed, whatever the order of fields and however undefined they are', () => {
    const before = { a: { x: 1, y: [1, { z: 2 }] }, conditions: [{ type: 'A', s: '1' }] };
    const after = { b: undefined, conditions: [{ s: '1', type: 'A', t: undefined }], a: { y: [1, { z: 2 }], x: 1 } };
    expect(twoWayMergePatch(before, after, KEYS)).toBeUndefined();
  });

  it('sends null for what was removed and whole lists without a merge key', () => {
    const before = { gone: 1, map: { gone: 'x', stays: 'y' }, list: [1, 2] };
    expect(twoWayMergePatch(before, { map: { stays: 'y' }, list: [1, 3] }, KEYS)).toEqual({
      gone: null,
      map: { gone: null },
      list: [1, 3],
    });
  });

  it('sends only the changed elements of a list with a merge key', () => {
    const before = {
      conditions: [{ type: 'A', status: 'False', reason: 'r' }, { type: 'B', status: 'True' }, { type: 'C' }],
    };
    const after = { conditions: [{ type: 'A', status: 'True' }, { type: 'B', status: 'True' }, { type: 'D' }] };
    expect(twoWayMergePatch(before, after, KEYS)).toEqual({
      conditions: [{ type: 'A', status: 'True', reason: null }, { type: 'D' }, { $patch: 'delete', type: 'C' }],
    });
  });

  it('replaces the whole list when two elements share a key', () => {
    const before = { conditions: [{ type: 'InternalIP', address: '1' }] };
    const after = {
      conditions: [
        { type: 'InternalIP', address: '1' },
        { type: 'InternalIP', address: '::1' },
      ],
    };
    expect(twoWayMergePatch(before, after, KEYS)).toEqual({
      conditions: [...after.conditions, { $patch: 'replace' }],
    });
  });

  it('says the order where the server would get it wrong', () => {
    const before = { status: { ips: [{ ip: 'a' }] } };
    expect(twoWayMergePatch(before, { status: { ips: [{ ip: 'b' }, { ip: 'a' }] } }, KEYS)).toEqual({
      status: { ips: [{ ip: 'b' }], '$setElementOrder/ips': [{ ip: 'b' }, { ip: 'a' }] },
    });
  });

  it('leads to `after` when applied by the rules of the API server', () => {
    const scalar = fc.oneof(fc.integer(), fc.string(), fc.boolean());
    const element = (key: string) =>
      fc.record(
        { [key]: fc.constantFrom('A', 'B', 'C', 'D'), status: fc.constantFrom('True', 'False'), extra: scalar },
        { requiredKeys: [key] },
      );
    const keyed = (key: string) => fc.array(element(key), { maxLength: 5 });
    const object = fc.record(
      {
        name: scalar,
        labels: fc.dictionary(fc.constantFrom('x', 'y', 'z'), scalar),
        plain: fc.array(scalar, { maxLength: 3 }),
        conditions: keyed('type'),
        status: fc.record(
          { ips: keyed('ip'), phase: fc.string(), deep: fc.record({ a: scalar, b: scalar }, { requiredKeys: [] }) },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(object, object, (before, after) => {
        const patch = twoWayMergePatch(before, after, KEYS);
        const sent = JSON.parse(JSON.stringify(patch ?? {})) as Record<string, unknown>;
        expect(applyStrategicMerge(before, sent, KEYS)).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });
});
