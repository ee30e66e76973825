import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type NameKind, parseName } from './names.ts';

test.each<[NameKind, string]>([
  ['a namespace', 'kube-system'],
  ['a container name', 'c'],
  ['a pod name', 'web-0.example'],
  ['a node name', 'a'.repeat(60)],
  ['a pod UID', 'FBC279A2-8b1f-4463-a7ce-86c07cd31cd4'],
  ['a cluster name', 'My_Cluster.1'],
])('parseName() takes %s %j', (kind, name) => {
  expect(parseName(kind, name)).toBe(name);
});

test.each<[NameKind, unknown]>([
  ['a namespace', 'a.b'],
  ['a namespace', 'A'],
  ['a namespace', 'a'.repeat(64)],
  ['a container name', '-a'],
  ['a container name', ''],
  ['a pod name', '..'],
  ['a pod name', 'a..b'],
  ['a pod name', 'a/b'],
  ['a pod name', 'a\n'],
  ['a node name', 'a'.repeat(254)],
  ['a pod UID', 'fbc279a2'],
  ['a pod UID', '../../etc'],
  ['a pod UID', 7],
  ['a cluster name', 'a/b'],
  ['a cluster name', undefined],
])('parseName() refuses %s %j', (kind, name) => {
  expect(() => parseName(kind, name)).toThrow(`is not ${kind}`);
});

test('parseName() lets no name through that could leave a folder', () => {
  const kinds: NameKind[] = [
    'a namespace',
    'a container name',
    'a pod name',
    'a node name',
    'a pod UID',
    'a cluster name',
  ];
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z./\\\0-]{1,8}$/));
  fc.assert(
    fc.property(fc.constantFrom(...kinds), text, (kind, name) => {
      try {
        parseName(kind, name);
      } catch {
        return;
      }
      expect(name).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/);
    }),
  );
});
