import type { PodSpec } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { toPodHostname } from './pod-hostname.ts';

test.each<[string, Partial<PodSpec>, string, string | undefined]>([
  ['web', {}, 'web', undefined],
  ['web', { hostname: 'h' }, 'h', undefined],
  ['web', { subdomain: 'sub' }, 'web', 'web.sub.ns.svc.example.org'],
  ['web', { subdomain: 'sub', setHostnameAsFQDN: true }, 'web.sub.ns.svc.example.org', 'web.sub.ns.svc.example.org'],
  ['web', { setHostnameAsFQDN: true }, 'web', undefined],
  ['web', { hostnameOverride: 'x.y', subdomain: 'sub' }, 'x.y', undefined],
  [`${'a'.repeat(62)}-b`, {}, 'a'.repeat(62), undefined],
])('toPodHostname() of %s with %o', (name, spec, hostname, fqdn) => {
  const pod = { name, namespace: 'ns' };
  expect(toPodHostname({ containers: [], ...spec }, pod, 'example.org')).toEqual({ hostname, fqdn });
});
