import type { Pod } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { policyWith, strictPolicy } from '../testing/site-policy.ts';
import { fieldEvents } from './field-events.ts';

const flags = 'docker-options.vk.io/flags';

function podWith(annotations: Record<string, string>): Pod {
  const metadata = { name: 'p', namespace: 'ns', uid: '00000000-0000-0000-0000-000000000001', annotations };
  return { metadata, spec: { containers: [{ name: 'c', image: 'busybox' }] } };
}

test('fieldEvents() tells of an annotation that is misspelt, whether or not the right one is allowed', () => {
  const pod = podWith({ 'docker-options.vk.io/flag': '--init', 'example.com/flag': '' });
  const told = {
    ...{ type: 'Warning', reason: 'FieldIgnored' },
    message: `Not done by this node: annotation docker-options.vk.io/flag is unknown: did you mean ${flags}?`,
  };
  expect(fieldEvents(pod, strictPolicy)).toEqual([told]);
  expect(fieldEvents(pod, policyWith({ podAnnotations: new Set([flags]) }))).toEqual([told]);
});

test('fieldEvents() tells of options that the administrator has not allowed, and keeps quiet of others', () => {
  const pod = podWith({ [flags]: '--init' });
  expect(fieldEvents(pod, strictPolicy).map(({ message }) => message)).toEqual([
    `Not done by this node: annotation ${flags}: Policy.AllowPodAnnotations does not list it`,
  ]);
  expect(fieldEvents(pod, policyWith({ podAnnotations: new Set([flags]) }))).toEqual([]);
});
