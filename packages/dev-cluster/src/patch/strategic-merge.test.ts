import { expect, test } from 'vitest';
import { applyStrategicMerge } from './strategic-merge.ts';

test.each([
  [
    'fields are set, merged and removed',
    { a: 1, b: { c: 1, d: 2 } },
    { a: null, b: { d: 3 }, e: 4 },
    { b: { c: 1, d: 3 }, e: 4 },
  ],
  ['lists without a key are replaced', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
  [
    'lists with a key are merged by element',
    { env: [{ name: 'A', value: '1' }, { name: 'B' }] },
    { env: [{ name: 'A', value: '2' }, { name: 'C' }] },
    { env: [{ name: 'A', value: '2' }, { name: 'B' }, { name: 'C' }] },
  ],
  [
    'containers have their ports by containerPort, services by port',
    { ports: [{ containerPort: 80, name: 'x' }] },
    { ports: [{ containerPort: 80, name: 'y' }, { containerPort: 81 }] },
    { ports: [{ containerPort: 80, name: 'y' }, { containerPort: 81 }] },
  ],
  [
    '$patch: delete removes an element',
    { volumes: [{ name: 'a' }, { name: 'b' }] },
    { volumes: [{ name: 'a', $patch: 'delete' }] },
    { volumes: [{ name: 'b' }] },
  ],
  [
    '$patch: replace replaces a list',
    { conditions: [{ type: 'A' }, { type: 'B' }] },
    { conditions: [{ type: 'C' }, { $patch: 'replace' }] },
    { conditions: [{ type: 'C' }] },
  ],
  ['$patch: replace replaces an object', { a: { b: 1, c: 2 } }, { a: { $patch: 'replace', c: 3 } }, { a: { c: 3 } }],
  [
    '$setElementOrder sorts',
    { podIPs: [{ ip: '1' }, { ip: '2' }] },
    { podIPs: [{ ip: '3' }], '$setElementOrder/podIPs': [{ ip: '3' }, { ip: '1' }] },
    { podIPs: [{ ip: '3' }, { ip: '1' }, { ip: '2' }] },
  ],
  [
    '$setElementOrder alone sorts too',
    { podIPs: [{ ip: '1' }, { ip: '2' }] },
    { '$setElementOrder/podIPs': [{ ip: '2' }, { ip: '1' }] },
    { podIPs: [{ ip: '2' }, { ip: '1' }] },
  ],
  [
    '$deleteFromPrimitiveList removes values',
    { finalizers: ['a', 'b'] },
    { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c', 'b'] },
    { finalizers: ['b', 'c'] },
  ],
  [
    '$retainKeys drops what it does not name',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] },
    { volumes: [{ name: 'v', secret: { secretName: 's' } }] },
  ],
])('applyStrategicMerge(): %s', (_what, target, patch, wanted) => {
  const before = structuredClone(target);
  expect(applyStrategicMerge(target, patch)).toEqual(wanted);
  expect(target).toEqual(before);
});
