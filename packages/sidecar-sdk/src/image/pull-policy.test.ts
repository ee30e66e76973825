import { expect, test } from 'vitest';
import { toPullPolicy } from './pull-policy.ts';
import { parseImageReference } from './reference.ts';

test.each([
  ['busybox', undefined, 'Always'],
  ['busybox:latest', undefined, 'Always'],
  ['busybox:1.36', undefined, 'IfNotPresent'],
  [`busybox@sha256:${'a'.repeat(64)}`, undefined, 'IfNotPresent'],
  ['busybox', 'Never', 'Never'],
] as const)('toPullPolicy() of %s with policy %s is %s', (image, imagePullPolicy, policy) => {
  const container = imagePullPolicy === undefined ? {} : { imagePullPolicy };
  expect(toPullPolicy(container, parseImageReference(image))).toBe(policy);
});
