import type { EventText } from '@interlink/sidecar-sdk';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { Engine } from '../engine/engine.ts';
import { ImageSource } from './image-source.ts';
import { toImageWish } from './pull-policy.ts';
import { PullRecords } from './pull-records.ts';

/** No engine listens there. */
const socketPath = '/nonexistent/docker.sock';

test.each([
  ['BAD', 'InvalidImageName', /^Failed to apply default image tag "BAD": .*invalid reference format$/],
  ['app:1', 'ImageInspectError', /^Failed to inspect image "app:1": ./],
])('ImageSource.get() of %j fails with %s, and tells of it as InspectFailed', async (image, reason, message) => {
  const told: EventText[] = [];
  const source = new ImageSource(new Engine(new Docker({ socketPath })), new PullRecords('/nonexistent'));
  const wish = toImageWish({ name: 'main', image }, 'uid');
  const got = source.get(wish, (event) => told.push(event), new AbortController().signal);
  await expect(got).rejects.toMatchObject({ reason, message: expect.stringMatching(message) });
  expect(told).toEqual([{ type: 'Warning', reason: 'InspectFailed', message: expect.stringMatching(message) }]);
});
