import { describe, expect, test } from 'vitest';
import { parseImageReference } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseImageReference()', () => {
  test.each([
    ['busybox', 'busybox', 'latest'],
    ['busybox:1.36', 'busybox', '1.36'],
    ['localhost:5000/a/b', 'localhost:5000/a/b', 'latest'],
    ['reg.example.org:5000/a/b-c_d:v1', 'reg.example.org:5000/a/b-c_d', 'v1'],
    [`busybox:1.36@${digest}`, 'busybox', digest],
  ])('reads %s', (image, name, tag) => {
    expect(parseImageReference(image)).toMatchObject({ name, tag });
  });

  test.each(['', 'BAD/Name', 'a b', 'a::b', 'a@sha256:1', '-a', 'a/../b', 'docker://busybox'])(
    'refuses %j',
    (image) => {
      expect(parseImageReference(image)).toBeUndefined();
    },
  );
});
