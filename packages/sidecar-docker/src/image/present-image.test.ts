import { expect, test } from 'vitest';
import { toPresentImage } from './present-image.ts';

const image = { Id: 'sha256:1', Config: { User: 'nobody' } as never };
const reference = { name: 'busybox', tag: 'latest', isDigest: false };

test.each([
  [['reg.example.org/busybox@sha256:a', 'busybox@sha256:b'], 'docker-pullable://busybox@sha256:b'],
  [
    ['reg.example.org/busybox@sha256:a', 'docker.io/library/busybox@sha256:b'],
    'docker-pullable://docker.io/library/busybox@sha256:b',
  ],
  [['reg.example.org/busybox@sha256:a'], 'docker-pullable://reg.example.org/busybox@sha256:a'],
  [[], 'docker://sha256:1'],
])('toPresentImage() with digests %j has id %s', (RepoDigests, imageId) => {
  expect(toPresentImage({ ...image, RepoDigests }, reference)).toEqual({
    imageId,
    engineId: 'sha256:1',
    user: 'nobody',
  });
});
